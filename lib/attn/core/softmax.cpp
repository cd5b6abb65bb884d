#include "attn/core/softmax.hpp"

#include <cmath>
#include <limits>
#include <numeric>

#include "attn/core/shape_error.hpp"

namespace attn {

Mat softmax(const Mat& scores) {
  Mat weights = zeros(rows(scores), cols(scores));
  for (std::size_t i = 0; i < rows(scores); ++i) {
    const double* s = scores.data() + i * cols(scores);
    double* a = weights.data() + i * cols(scores);
    const double largest =
        std::accumulate(s, s + cols(scores), -std::numeric_limits<double>::infinity(),
                        [](double m, double x) { return x > m || std::isnan(x) ? x : m; });
    if (largest == -std::numeric_limits<double>::infinity()) continue;
    double total = 0.0;
    for (std::size_t j = 0; j < cols(scores); ++j) total += a[j] = std::exp(s[j] - largest);
    for (std::size_t j = 0; j < cols(scores); ++j) a[j] /= total;
  }
  return weights;
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
  Mat d_scores = zeros(rows(weights), cols(weights));
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
