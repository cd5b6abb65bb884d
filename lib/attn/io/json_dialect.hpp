/// JSON as other programs write it: Python's json has NaN, Infinity and -Infinity as bare words,
/// and some editors put a byte order mark in front.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace attn::io {

struct PlainJson {
  std::string text;                 ///< with "nan", "inf" and "-inf" in their place
  std::vector<std::size_t> longer;  ///< where the text is two bytes longer than it was: after these
};

/// The same text without the mark, and with the words as texts, which is how traces have them.
/// Words within texts stay as they are. Nothing, if there is nothing to change.
std::optional<PlainJson> plain_json(const std::string& text);

}  // namespace attn::io
