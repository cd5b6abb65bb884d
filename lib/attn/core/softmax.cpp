#include "attn/core/softmax.hpp"

#include <algorithm>
#include <cmath>
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
    // All d_a are measured from that of the largest weight. Where it is almost 1, the mean is its
    // d_a to the last bit, and their difference, its gradient, would be rounding alone.
    const double origin = d_a[std::max_element(a, a + Tk) - a];
    double mean = 0.0;  // of d_a - origin under the weights
    for (std::size_t j = 0; j < Tk; ++j) mean += a[j] * (d_a[j] - origin);
    if (!std::isfinite(mean)) {  // a difference may overflow, or a number is not one: in quarters
      mean = 0.0;
      for (std::size_t j = 0; j < Tk; ++j) mean += a[j] * (0.25 * d_a[j] - 0.25 * origin);
      for (std::size_t j = 0; j < Tk; ++j) {
        d_scores.data()[row + j] = 4.0 * (a[j] * ((0.25 * d_a[j] - 0.25 * origin) - mean));
      }
      continue;
    }
    for (std::size_t j = 0; j < Tk; ++j) {
      d_scores.data()[row + j] = a[j] * ((d_a[j] - origin) - mean);
    }
  }
  return d_scores;
}

}  // namespace

double log_sum_exp_above_largest(const Vec& scores) {
  Vec others = scores;
  const double m = largest({others.data(), others.size()});
  const auto top = std::find(others.begin(), others.end(), m);
  if (top != others.end()) *top = -std::numeric_limits<double>::infinity();
  const double sum = exp_shifted({others.data(), others.size()}, m, {others.data(), others.size()});
  return std::log1p(sum + (m - m));  // m - m is NaN where m is infinite
}

Vec complements(const Vec& weights) {
  Vec rests = zeros(weights.size());
  double before = 0.0, after = 0.0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    rests(i) += before;
    before += weights(i);
  }
  for (std::size_t i = weights.size(); i-- > 0;) {
    rests(i) += after;
    after += weights(i);
  }
  return rests;
}

Vec softmax_backward(const Vec& weights, const Vec& d_weights) {
  return backward_over_keys(weights, d_weights, "Tk");
}

Mat softmax_backward(const Mat& weights, const Mat& d_weights) {
  return backward_over_keys(weights, d_weights, "Tq,Tk");
}

Ten3 softmax_backward(const Ten3& weights, const Ten3& d_weights) {
  return backward_over_keys(weights, d_weights, "H,Tq,Tk");
}

}  // namespace attn
