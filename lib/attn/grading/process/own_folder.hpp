/// Folders for a while, in the system's temporary folder.
#pragma once

#include <string>

#include "attn/grading/process/descriptor.hpp"

namespace attn::grading {

/// A new folder that is gone, with all that is in it, when this is.
class OwnFolder {
 public:
  /// \throws std::system_error
  explicit OwnFolder(const std::string& prefix);
  OwnFolder(const OwnFolder&) = delete;
  OwnFolder& operator=(const OwnFolder&) = delete;
  ~OwnFolder();

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
  Descriptor held_;  ///< with a lock, by which others see that we live
};

/// Takes away our folders of that prefix which a program left that was killed.
void remove_left_folders(const std::string& prefix);

}  // namespace attn::grading
