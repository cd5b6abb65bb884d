/// Landlock: which part of the file system a program may use, held by the kernel.
#pragma once

#include <string>
#include <vector>

#include "attn/grading/process/descriptor.hpp"

namespace attn::grading {

/// The version of Landlock that this kernel has; 0 if none.
int landlock_version();

struct Reach {
  std::vector<std::string> readable;  ///< files and folders, to read and to execute
  std::vector<std::string> writable;  ///< folders, to do in what one likes
  std::vector<std::string> devices;   ///< files, to read and to write
};

/// The rules for a program; it also may not open network connections nor send signals, as far as
/// this kernel can hold it to that. What does not exist is left out. Not valid without Landlock.
/// \throws std::system_error
Descriptor landlock_rules(const Reach& reach);

}  // namespace attn::grading
