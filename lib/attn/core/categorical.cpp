#include "attn/core/categorical.hpp"

namespace attn {

Mat cumulative_sums(const Mat& weights) {
  Mat sums = weights;
  for (std::size_t i = 0; i < rows(sums); ++i) {
    for (std::size_t j = 1; j < cols(sums); ++j) sums(i, j) += sums(i, j - 1);
  }
  return sums;
}

std::size_t pick(std::span<const double> cumulative, double u) {
  std::size_t last = cumulative.size();
  double before = 0.0;
  for (std::size_t j = 0; j < cumulative.size(); ++j) {
    if (u < cumulative[j]) return j;
    if (cumulative[j] > before) last = j;
    before = cumulative[j];
  }
  return last;
}

}  // namespace attn
