/// The calls of the kernel that a program may make, by name.
#pragma once

#include <string_view>
#include <vector>

namespace attn::grading {

/// Whatever their arguments.
const std::vector<std::string_view>& calls_of_everybody();

/// To change the mode, the times or the length of a file that can be named or read.
const std::vector<std::string_view>& calls_on_attributes();

/// Of those that start processes: to share memory and to talk through what both already hold.
/// clone is not among them, since its arguments matter.
const std::vector<std::string_view>& calls_with_processes();

}  // namespace attn::grading
