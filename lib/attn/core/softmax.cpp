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

namespace {

template <class Tensor>
Tensor backward_over_keys(const Tensor& weights, const Tensor& d_weights, std::string_view axes) {
  expect_shape("d_weights", shape_of(d_weights), shape_of(weights), axes,
               "the shape of the weights");
  const std::size_t Tk = weights.shape().back();
  Tensor d_scores(weights.shape());
  for (std::size_t row = 0; row < weights.size(); row += Tk) {
    const double* a = weights.data() + row;
    const double* d_a = d_weights.data() + row;
    double mean = 0.0;  // of d_weights under the weights
    for (std::size_t j = 0; j < Tk; ++j) mean += a[j] * d_a[j];
    for (std::size_t j = 0; j < Tk; ++j) d_scores.data()[row + j] = a[j] * (d_a[j] - mean);
  }
  return d_scores;
}

}  // namespace

Mat softmax_backward(const Mat& weights, const Mat& d_weights) {
  return backward_over_keys(weights, d_weights, "Tq,Tk");
}

Ten3 softmax_backward(const Ten3& weights, const Ten3& d_weights) {
  return backward_over_keys(weights, d_weights, "H,Tq,Tk");
}

}  // namespace attn
