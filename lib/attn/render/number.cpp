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

/// "1.500e-07" without the zeros that say nothing: "1.5e-07".
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

NumberFormat format_for(std::span<const double> values, int precision, double noise) {
  int exact = 0;     // digits after the point that show every number to the last bit
  int mantissa = 0;  // the same for the scientific form
  std::size_t counted = 0, comfortable = 0, large = 0;
  for (const double value : values) {
    if (value == 0.0 || !std::isfinite(value) || is_noise(value, noise)) continue;
    const double size = std::abs(value);
    ++counted;
    if (size >= too_large) ++large;
    if (size >= smallest_for(precision) && size < too_large) ++comfortable;
    if (exact > precision && mantissa >= precision) continue;
    const Shortest s = shortest(value);
    if (size < too_large) exact = std::max(exact, s.digits_after - s.exponent);
    mantissa = std::max(mantissa, s.digits_after);
  }
  if (counted == 0) return {.decimals = 0, .noise = noise};
  if (exact <= precision && large * 2 <= counted) return {.decimals = exact, .noise = noise};
  if (comfortable * 2 >= counted) {
    return {.decimals = std::min(exact, precision), .noise = noise};
  }
  return {.scientific = true, .decimals = std::min(mantissa, precision), .noise = noise};
}

NumberText show(double value, const NumberFormat& format) {
  if (std::isnan(value)) return {"NaN", ""};
  if (std::isinf(value)) return {value < 0 ? "−∞" : "∞", ""};
  if (value == 0.0) return {"0", ""};
  if (is_noise(value, format.noise)) return {noise_sign, ""};
  if (format.scientific) return cut(fmt::format("{:.{}e}", value, format.decimals));
  if (std::abs(value) >= too_large) {
    return cut(tidy(fmt::format("{:.{}e}", value, std::max(3, format.decimals))));
  }
  if (rounds_to_zero(value, format.decimals)) {
    // As many digits as fit under ".dddd": e-07 takes four places, the point one.
    return cut(fmt::format("{:.{}e}", value, std::max(0, format.decimals - 4)));
  }
  return cut(fmt::format("{:.{}f}", value, format.decimals));
}

std::string show(double value, int precision) {
  const NumberText text = show(value, format_for({&value, 1}, precision));
  return text.left + text.right;
}

}  // namespace attn::render
