#include "attn/core/norms.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace attn {
namespace {

double sum_of_squares(std::span<const double> x, double factor) {
  double sum = 0.0;
  for (const double entry : x) sum += (factor * entry) * (factor * entry);
  return sum;
}

}  // namespace

double largest_size(std::span<const double> x) {
  double most = 0.0;
  for (const double entry : x) {
    if (std::isnan(entry)) return entry;
    most = std::max(most, std::abs(entry));
  }
  return most;
}

double unit_factor(double size) {
  if (!(size > 0.0) || std::isinf(size)) return 1.0;
  // 2^1023 is the largest power of two: what is below 2^-1023 does not come to 1, but far enough.
  return std::ldexp(1.0, std::min(-std::ilogb(size), 1023));
}

double norm(std::span<const double> x) {
  const double squares = sum_of_squares(x, 1.0);
  if (squares > 0x1p-900 && squares < std::numeric_limits<double>::infinity()) {
    return std::sqrt(squares);
  }
  const double most = largest_size(x);
  if (!(most > 0.0) || std::isinf(most)) return most;
  const double factor = unit_factor(most);
  return std::sqrt(sum_of_squares(x, factor)) / factor;
}

double mean(std::span<const double> x) {
  const auto n = static_cast<double>(x.size());
  double sum = 0.0, shares = 0.0;
  for (const double entry : x) {
    sum += entry;
    shares += entry / n;
  }
  return std::isfinite(sum) ? sum / n : shares;
}

double norm(const Mat& m) { return norm(std::span<const double>(m.data(), m.size())); }
double norm(const Vec& v) { return norm(std::span<const double>(v.data(), v.size())); }

}  // namespace attn
