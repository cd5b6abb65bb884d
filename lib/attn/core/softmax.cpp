#include "attn/core/softmax.hpp"

#include <limits>

#include "attn/core/exp.hpp"
#include "attn/core/shape_error.hpp"

namespace attn {

void softmax_rows(std::span<const double> scores, std::span<double> weights, std::size_t width) {
  for (std::size_t begin = 0; begin < scores.size(); begin += width) {
    const std::span<const double> s = scores.subspan(begin, width);
    const std::span<double> a = weights.subspan(begin, width);
    const double m = largest(s);
    if (m == -std::numeric_limits<double>::infinity()) {
      std::fill(a.begin(), a.end(), 0.0);  // attends to nothing
      continue;
    }
    const double total = exp_shifted(s, m, a);
    for (double& weight : a) weight /= total;
  }
}

Mat apply_mask(const Mat& scores, const Mask& mask) {
  expect_shape("mask", shape_of(mask), shape_of(scores), "Tq,Tk", "the shape of the scores");
  Mat masked = scores;
  for (std::size_t i = 0; i < masked.size(); ++i) {
    if (!mask.data()[i]) masked.data()[i] = -std::numeric_limits<double>::infinity();
  }
  return masked;
}

Mat softmax_backward(const Mat& weights, const Mat& d_weights) {
  expect_shape("d_weights", shape_of(d_weights), shape_of(weights), "Tq,Tk",
               "the shape of the weights");
  Mat d_scores(weights.shape());
  for (std::size_t i = 0; i < rows(weights); ++i) {
    double mean = 0.0;  // of d_weights under the weights
    for (std::size_t j = 0; j < cols(weights); ++j) mean += weights(i, j) * d_weights(i, j);
    for (std::size_t j = 0; j < cols(weights); ++j) {
      d_scores(i, j) = weights(i, j) * (d_weights(i, j) - mean);
    }
  }
  return d_scores;
}

}  // namespace attn
