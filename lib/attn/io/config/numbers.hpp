/// From the text of a scalar to a number. YAML 1.2.2, section 10.3.2 (the core schema).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "attn/io/yaml.hpp"

namespace attn::io {

/// A scalar read as a number. At most one of the two is set; neither means that it is no number.
struct Number {
  std::optional<double> value;
  std::string refused;  ///< a number that a double cannot hold: why
};

/// 1, -1, +1, 1., .5, 1e3, 0x1F, 0o17, .inf, -.Inf, .nan. Rounded to nearest; independent of
/// locale.
Number parse_number(std::string_view text);

/// A scalar read as a whole number: 3, +3, -3, 0x1F, 0o17, and also 3.0 and 1e3.
struct Integer {
  std::optional<std::int64_t> value;
  bool too_large = false;  ///< whole, but beyond 64 bits (or, written as 1e300, beyond 2^53)
};
Integer parse_integer(std::string_view text);

/// The number that a plain scalar (one not in quotes) is.
Number number_of(const Node& node);

/// true, True, TRUE, false, False, FALSE.
std::optional<bool> parse_bool(std::string_view text);

/// The shortest text that reads back as `value`: "0.1", "-3", "1e+300", "inf", "nan".
std::string to_text(double value);

}  // namespace attn::io
