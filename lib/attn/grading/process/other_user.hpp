/// As root, programs that nobody trusts run as a user that owns nothing.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace attn::grading {

/// Whether we are root and may become others. Tried once.
bool may_change_user();

/// Whether it is one of those that programs become.
bool is_other_user(uid_t user);

/// A user that is nobody else's while this lives, and what is lent to it.
class OtherUser {
 public:
  OtherUser();
  OtherUser(const OtherUser&) = delete;
  OtherUser& operator=(const OtherUser&) = delete;
  ~OtherUser();  ///< what was given, and was made in it, gets the folder's owner again

  uid_t user() const { return user_; }
  static gid_t group();  ///< one for all of them

  /// It becomes the owner of a folder and all in it.
  void give(const std::string& folder);

  /// It may read what of this is our own and lies in the system's temporary folder. The rest
  /// stays as it is.
  static void show(const std::string& path);

  /// It may pass through the folders that lead to `path`, as above. Returns the first that it
  /// cannot pass through; "" if there is none.
  std::string lead_to(const std::string& path) const;

 private:
  uid_t user_;
  struct Given {
    std::string folder;
    uid_t user;  ///< whose it was
    gid_t group;
  };
  std::vector<Given> given_;
};

}  // namespace attn::grading
