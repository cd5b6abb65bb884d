#include "attn/core/wide.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "attn/core/shape_error.hpp"

namespace attn {
namespace {

/// Beyond these a double is infinite, or 0, whatever its significand.
int within(long exponent) { return static_cast<int>(std::clamp(exponent, -5000L, 5000L)); }

}  // namespace

Wide::Wide(double value) : Wide(value, 0) {}

Wide::Wide(double significand, long exponent) {
  int more = 0;
  significand_ = std::frexp(significand, &more);
  exponent_ = std::isfinite(significand) && significand != 0.0 ? exponent + more : 0;
}

Wide operator*(const Wide& a, const Wide& b) {
  return {a.significand_ * b.significand_, a.exponent_ + b.exponent_};
}

Wide operator/(const Wide& a, const Wide& b) {
  return {a.significand_ / b.significand_, a.exponent_ - b.exponent_};
}

Wide operator-(const Wide& a) { return {-a.significand_, a.exponent_}; }

double Wide::narrow() const { return std::ldexp(significand_, within(exponent_)); }

Wide wide_inner_product(std::span<const double> a, std::span<const double> b) {
  long most = std::numeric_limits<long>::min();
  for (std::size_t i = 0; i < a.size(); ++i) {
    const Wide term = Wide(a[i]) * Wide(b[i]);
    if (term.significand_ != 0.0) most = std::max(most, term.exponent_);
  }
  if (most == std::numeric_limits<long>::min()) return Wide(0.0);
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const Wide term = Wide(a[i]) * Wide(b[i]);
    if (term.significand_ == 0.0) continue;
    sum += std::ldexp(term.significand_, within(term.exponent_ - most));
  }
  return {sum, most};
}

Wide wide_inner_product(const Mat& a, const Mat& b) {
  expect_shape("B", shape_of(b), shape_of(a), "m,n", "the shape of A");
  return wide_inner_product(std::span<const double>(a.data(), a.size()),
                            std::span<const double>(b.data(), b.size()));
}

}  // namespace attn
