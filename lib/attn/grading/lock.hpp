/// One program at a time.
#pragma once

#include <string>

namespace attn::grading {

/// Holds a lock on a file, which it makes; waits for whoever holds it. Goes with the object, or
/// with the program. Where the file cannot be made nobody is kept out.
class Lock {
 public:
  explicit Lock(const std::string& path);
  ~Lock();
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

 private:
  int file_;
};

}  // namespace attn::grading
