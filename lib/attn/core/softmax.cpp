#include "attn/core/softmax.hpp"

#include <limits>

#include "attn/core/exp.hpp"
#include "attn/core/shape_error.hpp"

namespace attn {

namespace {

void softmax_row(std::span<const double> s, std::span<double> a) {
  const double m = largest(s);
  if (m == -std::numeric_limits<double>::infinity()) {
    std::fill(a.begin(), a.end(), 0.0);  // attends to nothing
    return;
  }
  const double total = exp_shifted(s, m, a);
  for (double& weight : a) weight /= total;
}

}  // namespace

Mat softmax(const Mat& scores) {
  Mat weights(scores.shape());
  const std::size_t n = cols(scores);
  for (std::size_t i = 0; i < rows(scores); ++i) {
    softmax_row({scores.data() + i * n, n}, {weights.data() + i * n, n});
  }
  return weights;
}

Vec softmax(const Vec& scores) {
  Vec weights(scores.shape());
  softmax_row({scores.data(), scores.size()}, {weights.data(), weights.size()});
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
