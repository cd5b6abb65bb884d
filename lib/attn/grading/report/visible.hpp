/// Texts of submissions in reports, beside what render/display_width.hpp has for a single line.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace attn::grading {

/// The printable text, but newlines and tabs stay; "\r\n" is a newline.
std::string visible_lines(std::string_view text);

/// The printable text, shortened to `width` columns or filled up with spaces.
std::string padded(std::string_view text, std::size_t width);

}  // namespace attn::grading
