/// Reading files whole, with errors that say why not.
#pragma once

#include <cstdint>
#include <string>

#include "attn/io/fault.hpp"

namespace attn::io {

/// The bytes of a regular file.
/// \throws InputError if there is no such file, if it is a folder, a device or a pipe, if it may
/// not be read, or if it has more than `most` bytes.
std::string read_file(const std::string& path, std::uintmax_t most);

}  // namespace attn::io
