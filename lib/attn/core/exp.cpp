#include "attn/core/exp.hpp"

#include <Eigen/Core>
#include <limits>

namespace attn {
namespace {

using Row = Eigen::Map<const Eigen::ArrayXd>;

Row view(std::span<const double> x) { return {x.data(), static_cast<Eigen::Index>(x.size())}; }

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

}  // namespace attn
