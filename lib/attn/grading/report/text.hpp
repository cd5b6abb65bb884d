/// The two halves of the table for the teacher, and how they look.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "attn/grading/report/statistics.hpp"

namespace attn::grading {

// The codes of ANSI escape sequences; colours that can be read on black and on white.
inline constexpr const char* good = "1;38;5;35";
inline constexpr const char* fair = "1;38;5;136";
inline constexpr const char* bad = "1;38;5;167";
inline constexpr const char* faint = "38;5;245";
inline constexpr const char* bold = "1";

/// `text` in a style; as it is without colour.
std::string painted(std::string_view text, const char* style, bool color);
const char* style_of(Mark mark);

/// "12.33": with at most two digits after the point, and nine characters or ten.
std::string short_number(double number);

/// How the class did, in lines of at most `width` columns.
void append_summary(std::string& out, const Statistics& all, std::size_t width, bool color);

}  // namespace attn::grading
