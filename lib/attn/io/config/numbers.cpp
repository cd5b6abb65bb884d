#include "attn/io/config/numbers.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace attn::io {
namespace {

bool is_one_of(std::string_view text, std::string_view a, std::string_view b, std::string_view c) {
  return text == a || text == b || text == c;
}

/// The core schema's grammar: [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
bool is_decimal(std::string_view text) {
  const auto digits = [&]() {
    std::size_t count = 0;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
      text.remove_prefix(1);
      ++count;
    }
    return count;
  };
  const auto skip = [&](std::string_view any) {
    const bool there = !text.empty() && any.find(text.front()) != std::string_view::npos;
    if (there) text.remove_prefix(1);
    return there;
  };
  skip("+-");
  const std::size_t whole = digits();
  const std::size_t fraction = skip(".") ? digits() : 0;
  if (whole + fraction == 0) return false;
  if (skip("eE")) {
    skip("+-");
    if (digits() == 0) return false;
  }
  return text.empty();
}

Number parse_based(std::string_view digits, int base) {
  std::uint64_t value = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (end != digits.data() + digits.size() || digits.empty()) return {};
  if (error != std::errc{}) return {std::nullopt, "is too large"};
  return {static_cast<double>(value), ""};
}

}  // namespace

Number parse_number(std::string_view text) {
  const bool negative = text.starts_with('-');
  const std::string_view unsigned_text = negative || text.starts_with('+') ? text.substr(1) : text;
  if (is_one_of(unsigned_text, ".inf", ".Inf", ".INF")) {
    const double infinity = std::numeric_limits<double>::infinity();
    return {negative ? -infinity : infinity, ""};
  }
  if (is_one_of(text, ".nan", ".NaN", ".NAN")) {
    return {std::numeric_limits<double>::quiet_NaN(), ""};
  }
  if (text.starts_with("0x")) return parse_based(text.substr(2), 16);
  if (text.starts_with("0o")) return parse_based(text.substr(2), 8);
  if (!is_decimal(text)) return {};
  // std::from_chars knows no leading +.
  const std::string_view digits = negative ? text : unsigned_text;
  double value = 0.0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error == std::errc::result_out_of_range) {
    return {std::nullopt, "is out of the range of double precision"};
  }
  if (end != digits.data() + digits.size()) return {};
  return {value, ""};
}

Integer parse_integer(std::string_view text) {
  const std::string_view digits = text.starts_with('+') ? text.substr(1) : text;
  std::int64_t exact = 0;
  const char* const last = digits.data() + digits.size();
  const auto [end, error] = std::from_chars(digits.data(), last, exact);
  if (end == last && error == std::errc{}) return {exact, false};
  if (end == last && error == std::errc::result_out_of_range) return {std::nullopt, true};
  const std::optional<double> value = parse_number(text).value;
  if (!value || !std::isfinite(*value) || *value != std::floor(*value)) return {};
  if (std::abs(*value) > 0x1p53) return {std::nullopt, true};
  return {static_cast<std::int64_t>(*value), false};
}

Number number_of(const Node& node) {
  if (!node.is_scalar() || node.quoted) return {};
  return parse_number(node.text);
}

std::optional<bool> parse_bool(std::string_view text) {
  if (is_one_of(text, "true", "True", "TRUE")) return true;
  if (is_one_of(text, "false", "False", "FALSE")) return false;
  return std::nullopt;
}

std::string to_text(double value) {
  std::array<char, 32> text{};
  const bool whole = std::abs(value) < 1e15 && value == std::floor(value);  // 1000000, not 1e+06
  const auto format = whole ? std::chars_format::fixed : std::chars_format::general;
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value, format);
  return {text.data(), end};
}

}  // namespace attn::io
