/// Reading what a program left behind, which may not be what it seems.
#pragma once

#include <cstdint>
#include <string>

#include "attn/io/fault.hpp"

namespace attn::grading {

/// The bytes of a file beneath `folder`. A program that means harm may leave a link to a file that
/// only we can read, a pipe that keeps us waiting, or a file without end: those are errors. To be
/// called when the program has ended.
/// \throws io::InputError naming the file, if it is not a regular file of at most `most` bytes, or
/// if a symbolic link leads to it.
std::string read_left_file(const std::string& folder, const std::string& name, std::uint64_t most);

}  // namespace attn::grading
