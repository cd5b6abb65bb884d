/// Where in a JSON text the value at a path stands: for messages about a text that has been parsed.
#pragma once

#include <string>

#include "attn/io/fault.hpp"

namespace attn::io {

/// The place of the byte at that offset from 0, in any text of UTF-8.
Place place_of_byte(const std::string& text, const std::string& file, std::size_t offset);

/// \param text valid JSON \param path "steps[0].tensors[2].name"; "" for the whole. Of a path that
/// leads nowhere the last value on the way counts.
Place json_place(const std::string& text, const std::string& file, const std::string& path);

/// The place of a key itself, in the object at `path`.
Place json_key_place(const std::string& text, const std::string& file, const std::string& path,
                     const std::string& key);

}  // namespace attn::io
