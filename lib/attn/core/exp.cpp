#include "attn/core/exp.hpp"

#include <Eigen/Core>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace attn {
namespace {

using Row = Eigen::Map<const Eigen::ArrayXd>;

Row view(std::span<const double> x) { return {x.data(), static_cast<Eigen::Index>(x.size())}; }

/// Entries are taken so many at a time, so that what is between fits on the stack.
constexpr std::size_t block = 64;
using Block = std::array<double, block>;

/// The exponentials of up to a block of entries of x, each first made an argument by `of`. Always
/// whole vectors of the processor, so that an entry's result does not depend on where it stands.
template <class Of>
Block exp_block(std::span<const double> x, Of&& of) {
  alignas(64) Block y;
  constexpr std::size_t lanes = 8;
  const std::size_t padded = (x.size() + lanes - 1) / lanes * lanes;
  for (std::size_t i = 0; i < padded; ++i) y[i] = i < x.size() ? of(x[i]) : 0.0;
  Eigen::Map<Eigen::ArrayXd, Eigen::Aligned64> all(y.data(), static_cast<Eigen::Index>(padded));
  all = all.exp();
  return y;
}

/// tanh for |x| < 0.625 as x + x z P(z)/Q(z), z = x^2: Cephes 2.8, tanh.c (Moshier).
double tanh_near_zero(double x) {
  const double z = x * x;
  const double p =
      (-9.64399179425052238628e-1 * z - 9.92877231001918586564e1) * z - 1.61468768441708447952e3;
  const double q = ((z + 1.12811678491632931402e2) * z + 2.23548839060100448583e3) * z +
                   4.84406305325125486048e3;
  return x + x * z * (p / q);
}

/// exp(x) for x <= 0, in operations that a compiler can do on several numbers at once. With k the
/// whole number next to x / log(2), and r what is left, exp(x) = 2^k exp(r), and |r| <= log(2)/2 is
/// so small that 13 terms of exp's series are exact to rounding.
double exp_not_above_zero(double x) {
  constexpr double whole = 0x1.8p52;  // numbers of this size have no fraction: adding it rounds
  constexpr double log2_high = 0x1.62e42fefa3800p-1, log2_low = 0x1.ef35793c76730p-45;
  const double rounded = x * 0x1.71547652b82fep0 + whole;
  const double k = rounded - whole;
  const double r = (x - k * log2_high) - k * log2_low;
  double sum = 1.0 / 6227020800.0;  // 1/13!, and Horner's rule from here
  sum = sum * r + 1.0 / 479001600.0;
  sum = sum * r + 1.0 / 39916800.0;
  sum = sum * r + 1.0 / 3628800.0;
  sum = sum * r + 1.0 / 362880.0;
  sum = sum * r + 1.0 / 40320.0;
  sum = sum * r + 1.0 / 5040.0;
  sum = sum * r + 1.0 / 720.0;
  sum = sum * r + 1.0 / 120.0;
  sum = sum * r + 1.0 / 24.0;
  sum = sum * r + 1.0 / 6.0;
  sum = sum * r + 0.5;
  sum = sum * r + 1.0;
  sum = sum * r + 1.0;
  // The last bits of `rounded` are k; moved to where a double has its exponent, they make 2^k.
  const double two_to_k =
      std::bit_cast<double>((std::bit_cast<std::uint64_t>(rounded) + 1023) << 52);
  return x < -708.0 ? 0.0 : sum * two_to_k;
}

}  // namespace

double largest(std::span<const double> x) {
  if (x.empty()) return -std::numeric_limits<double>::infinity();
  return view(x).maxCoeff<Eigen::PropagateNaN>();
}

double exp_shifted(std::span<const double> x, double shift, std::span<double> y) {
  for (std::size_t begin = 0; begin < x.size(); begin += block) {
    const std::size_t n = std::min(block, x.size() - begin);
    Block shifted;
    for (std::size_t i = 0; i < n; ++i) shifted[i] = x[begin + i] - shift;
    for (std::size_t i = 0; i < n; ++i) y[begin + i] = exp_not_above_zero(shifted[i]);
  }
  return view(y).sum();
}

void tanh_entries(std::span<double> x) {
  for (std::size_t begin = 0; begin < x.size(); begin += block) {
    const std::span<double> part = x.subspan(begin, std::min(block, x.size() - begin));
    const Block e = exp_block(part, [](double entry) { return 2.0 * std::abs(entry); });
    for (std::size_t i = 0; i < part.size(); ++i) {
      const double near = tanh_near_zero(part[i]);
      const double far = std::copysign(1.0 - 2.0 / (e[i] + 1.0), part[i]);
      part[i] = std::abs(part[i]) >= 0.625 ? far : near;
    }
  }
}

void sigmoid_entries(std::span<double> x) {
  for (std::size_t begin = 0; begin < x.size(); begin += block) {
    const std::span<double> part = x.subspan(begin, std::min(block, x.size() - begin));
    const Block e = exp_block(part, [](double entry) { return -entry; });
    for (std::size_t i = 0; i < part.size(); ++i) {
      const double sigmoid = 1.0 / (1.0 + e[i]);
      part[i] = std::isnan(part[i]) ? part[i] : sigmoid;
    }
  }
}

}  // namespace attn
