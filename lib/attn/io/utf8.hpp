/// Is it text at all?
#pragma once

#include <optional>
#include <string_view>

#include "attn/io/fault.hpp"
#include "attn/io/source.hpp"

namespace attn::io {

/// The first reason why `source` is not readable as text in UTF-8: another encoding, bytes that no
/// text has (NUL and other control characters), or an invalid sequence.
std::optional<Fault> not_text(const Source& source);

/// The length in bytes of the valid UTF-8 character that `text` starts with; 0 if none.
std::size_t utf8_length(std::string_view text);

/// The number of characters in valid UTF-8.
std::size_t utf8_count(std::string_view text);

}  // namespace attn::io
