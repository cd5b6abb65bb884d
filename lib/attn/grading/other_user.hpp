/// As root, programs that nobody trusts run as a user that owns nothing.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace attn::grading {

/// Whether we are root and may become others. Tried once.
bool may_change_user();

/// A user that is nobody else's while this lives, and what is lent to it.
class OtherUser {
 public:
  OtherUser();
  OtherUser(const OtherUser&) = delete;
  OtherUser& operator=(const OtherUser&) = delete;
  ~OtherUser();  ///< takes back what was lent, and the files made in it

  uid_t user() const { return user_; }
  gid_t group() const;

  /// It becomes the owner of a folder and all in it.
  void give(const std::string& folder);

  /// It may read what of this is our own and lies in the system's temporary folder. The rest
  /// stays as it is.
  void show(const std::string& path);

  /// It may pass through the folders that lead to `path`, as above. Returns the first that it
  /// cannot pass through; "" if there is none.
  std::string lead_to(const std::string& path);

 private:
  uid_t user_;
  std::vector<std::string> given_;
};

}  // namespace attn::grading
