/// Text on a terminal: how many columns it takes, and how to make it safe to print.
///
/// Columns follow the Unicode tables: Chinese, Japanese, Korean and full-width characters and emoji
/// take two, combining marks none. Characters of ambiguous width take one, as terminals draw them
/// unless told otherwise.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace attn::render {

/// What a terminal draws in one place: a character with the marks that join it, an emoji sequence,
/// a flag.
struct Glyph {
  std::string_view bytes;
  std::size_t width = 0;  ///< 0, 1 or 2 columns
};

/// Takes the first glyph off `rest`, which must not be empty.
Glyph next_glyph(std::string_view& rest);

/// Columns that a terminal gives `text`, which must be printable.
std::size_t display_width(std::string_view text);

/// `text` with every character that could move the cursor, change the terminal's state, reorder or
/// hide what stands beside it replaced by a sign: ESC by ␛, a newline by ␊, bytes that are not
/// UTF-8 by U+FFFD.
std::string printable(std::string_view text);

/// The printable `text`, or if it takes more than `columns` its beginning and an ellipsis.
std::string shortened(std::string_view text, std::size_t columns);

}  // namespace attn::render
