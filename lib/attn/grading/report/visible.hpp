/// Text of others, made safe to print: names of folders, what compilers and programs said.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace attn::grading {

/// `text` on one line, with a visible sign for every character that could move the cursor, change
/// the terminal's state, reorder or hide what stands beside it: ␛ for ESC, ␊ for a newline, U+FFFD
/// for C1 controls, bidi overrides and bytes that are not UTF-8. The signs are
/// those of render::printable, which this room may not include.
std::string visible(std::string_view text);

/// The same, but newlines and tabs stay; "\r\n" is a newline.
std::string visible_lines(std::string_view text);

/// Columns that a terminal gives visible text: two for Chinese, Japanese, Korean and emoji, none
/// for the commonest combining marks, else one.
std::size_t columns(std::string_view text);

/// The visible `text`, or if it takes more than `width` columns its beginning and an ellipsis.
std::string fitted(std::string_view text, std::size_t width);

/// `fitted`, and spaces up to `width`.
std::string padded(std::string_view text, std::size_t width);

}  // namespace attn::grading
