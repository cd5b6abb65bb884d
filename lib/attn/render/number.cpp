#include "attn/render/number.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace attn::render {
namespace {

constexpr double too_large = 1e7;  // from here on a number is scientific

/// The shortest text that reads back as the same number, taken apart: d.ddd × 10^exponent.
struct Shortest {
  int digits_after = 0;
  int exponent = 0;
};

Shortest shortest(double value) {
  std::array<char, 32> text{};
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific);
  const char* e = std::find(text.data(), end.ptr, 'e');
  const char* point = std::find<const char*>(text.data(), e, '.');
  Shortest found;
  found.digits_after = point == e ? 0 : static_cast<int>(e - point) - 1;
  const char* exponent = e[1] == '+' ? e + 2 : e + 1;
  std::from_chars(exponent, end.ptr, found.exponent);
  return found;
}

/// Below this a fixed number has fewer than two digits left, or none if the precision is low.
double smallest_for(int precision) {
  return precision >= 3 ? std::pow(10.0, 1 - precision) : 0.5 * std::pow(10.0, -precision);
}

/// Also 0.5 without decimals, of which half to even makes 0.
bool rounds_to_zero(double value, int decimals) {
  return std::abs(value) <= 0.5 * std::pow(10.0, -decimals) &&
         fmt::format("{:.{}f}", std::abs(value), decimals).find_first_not_of("0.") ==
             std::string::npos;
}

/// What a table of fixed digits cannot show: nothing would be left of it, or less than one digit.
bool too_small(double value, int decimals) {
  if (decimals >= 3 && std::abs(value) < std::pow(10.0, -decimals)) return true;
  return rounds_to_zero(value, decimals);
}

/// "1.500e-7" without the zeros that say nothing: "1.5e-7".
std::string tidy(std::string text) {
  const std::size_t e = text.find('e');
  std::size_t end = e;
  if (text.find('.') < e) {
    while (text[end - 1] == '0') --end;
    if (text[end - 1] == '.') --end;
  }
  return text.erase(end, e - end);
}

NumberText cut(const std::string& text) {
  const std::size_t at = std::min(text.find_first_of(".e"), text.size());
  return {text.substr(0, at), text.substr(at)};
}

}  // namespace

double noise_of(std::span<const double> values) {
  double largest = 0.0;
  for (const double value : values) {
    if (std::isfinite(value)) largest = std::max(largest, std::abs(value));
  }
  return 1e-14 * largest;
}

bool is_noise(double value, double noise) { return value != 0.0 && std::abs(value) < noise; }

std::string scientific(double value, int decimals) {
  std::string text = fmt::format("{:.{}e}", value, decimals);
  const std::size_t e = text.find('e');
  const std::string sign = text[e + 1] == '-' ? "-" : "";
  const std::size_t digits = std::min(text.find_first_not_of('0', e + 2), text.size() - 1);
  return text.substr(0, e + 1) + sign + text.substr(digits);
}

NumberFormat format_for(std::span<const double> values, int precision, double noise) {
  int exact = 0;     // digits after the point that show every number of that form to the last bit
  int mantissa = 0;  // the same for the scientific form
  bool any = false, any_fixed = false, comfortable = false;
  for (const double value : values) {
    if (value == 0.0 || !std::isfinite(value) || is_noise(value, noise)) continue;
    any = true;
    const double size = std::abs(value);
    const bool fixed = size < too_large && !too_small(value, precision);
    any_fixed |= fixed;
    if (fixed && size >= smallest_for(precision)) comfortable = true;
    if (exact > precision && mantissa >= precision) continue;
    const Shortest s = shortest(value);
    if (fixed) exact = std::max(exact, s.digits_after - s.exponent);
    mantissa = std::max(mantissa, s.digits_after);
  }
  if (!any) return {.decimals = 0, .noise = noise};
  if (comfortable || (any_fixed && exact <= precision))
    return {.decimals = std::min(exact, precision), .noise = noise};
  return {.scientific = true, .decimals = std::min(mantissa, precision), .noise = noise};
}

NumberText show(double value, const NumberFormat& format) {
  if (std::isnan(value)) return {"NaN", ""};
  if (std::isinf(value)) return {value < 0 ? "−∞" : "∞", ""};
  if (value == 0.0) return {"0", ""};
  if (is_noise(value, format.noise)) return {noise_sign, ""};
  if (format.scientific) return cut(scientific(value, format.decimals));
  if (std::abs(value) >= too_large) {
    return cut(tidy(scientific(value, std::max(3, format.decimals))));
  }
  if (too_small(value, format.decimals)) {
    // As many digits as fit under ".dddd": the point takes one place, and "e-7" three.
    const std::string shortest = scientific(value, 0);
    const int exponent = static_cast<int>(shortest.size() - shortest.find('e'));
    return cut(tidy(scientific(value, std::max(0, format.decimals - exponent))));
  }
  return cut(fmt::format("{:.{}f}", value, format.decimals));
}

std::string show(double value, int precision) {
  const NumberText text = show(value, format_for({&value, 1}, precision));
  return text.left + text.right;
}

}  // namespace attn::render
