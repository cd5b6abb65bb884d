/// Standard output and the terminal behind it.
#pragma once

#include <cstddef>
#include <string_view>

namespace attn::cli {

enum class Color { automatic, always, never };

/// The width of the terminal on standard output; without one, COLUMNS, or else 80. Never below 40.
std::size_t output_width();

/// Whether to colour standard output. `automatic` does for a terminal, unless NO_COLOR is set to
/// something or TERM is "dumb".
bool use_color(Color when);

/// Does the locale say that the terminal understands UTF-8? As LC_ALL, LC_CTYPE or LANG, the first
/// that is set.
bool is_utf8();

/// Writes `text` for people: as ASCII where the locale has no UTF-8.
/// \throws std::runtime_error as print()
void say(std::string_view text);

/// Writes all of `text`. A reader that has had enough (`attn … | head`) is no error.
/// \throws std::runtime_error if the output cannot be written, as on a full disk.
void print(std::string_view text);

}  // namespace attn::cli
