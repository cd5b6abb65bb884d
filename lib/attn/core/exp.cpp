#include "attn/core/exp.hpp"

#include <Eigen/Core>
#include <array>
#include <cmath>
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

}  // namespace

double largest(std::span<const double> x) {
  if (x.empty()) return -std::numeric_limits<double>::infinity();
  return view(x).maxCoeff<Eigen::PropagateNaN>();
}

double exp_shifted(std::span<const double> x, double shift, std::span<double> y) {
  const Row row = view(x);
  Eigen::Map<Eigen::ArrayXd> out(y.data(), row.size());
  out = (row - shift).exp();
  // Eigen's exp stops near exp(-708) instead of going on to 0. (Its select() is not vectorised.)
  for (std::size_t i = 0; i < x.size(); ++i) y[i] = x[i] - shift < -708.0 ? 0.0 : y[i];
  return out.sum();
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
