/// Text with the name that errors give it.
#pragma once

#include <string>

namespace attn::io {

struct Source {
  std::string name;  ///< the path as the user typed it; files inside are relative to its folder
  std::string text;
};

/// Reads a config or a trace whole: a file, a pipe, or `-`, which is standard input.
/// \throws InputError if it cannot be read, or is larger than 16 MiB.
Source read_source(const std::string& path);

}  // namespace attn::io
