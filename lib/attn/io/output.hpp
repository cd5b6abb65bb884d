/// Writing files so that a failure leaves nothing half-written.
#pragma once

#include <string>

#include "attn/io/fault.hpp"

namespace attn::io {

/// Writes `text` to a new file in the same folder, which then takes the place of `path`: on failure
/// the old file is as it was. A link stays a link, and what it leads to is replaced. Devices and
/// pipes (/dev/stdout, /dev/null) are written to directly.
/// \throws InputError naming `path` if it is a folder, if its folder does not exist, or if it
/// cannot be written; std::runtime_error that does the same if the machine is at fault, as where
/// the disk is full.
void write_file(const std::string& path, const std::string& text);

}  // namespace attn::io
