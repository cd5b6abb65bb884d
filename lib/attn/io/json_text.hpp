/// Writing JSON, by hand: a trace may have millions of numbers.
#pragma once

#include <string>
#include <string_view>

namespace attn::io {

/// Appends the text in quotes, escaped; bytes that are not UTF-8 become U+FFFD.
void append_json(std::string& json, std::string_view text);

/// Appends the shortest number that reads back to the last bit; -0.0 keeps its sign ("-0.0"), and
/// what JSON cannot say becomes "inf", "-inf" or "nan", in quotes.
void append_json(std::string& json, double value);

}  // namespace attn::io
