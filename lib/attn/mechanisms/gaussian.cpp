#include "attn/mechanisms/gaussian.hpp"

#include "attn/core/ops.hpp"
#include "attn/core/wide.hpp"
#include "attn/mechanisms/inputs.hpp"

namespace attn::gaussian {
namespace {

// step: d_queries, d_keys
/// da_i = sum_j 2 dD_ij (a_i - b_j) where D_ij = |a_i - b_j|^2.
Mat squared_distances_backward(const Mat& a, const Mat& b, const Mat& d_squares) {
  Mat d_a = zeros(rows(a), cols(a));
  for (std::size_t i = 0; i < rows(a); ++i) {
    for (std::size_t j = 0; j < rows(b); ++j) {
      for (std::size_t d = 0; d < cols(a); ++d) {
        d_a(i, d) += d_squares(i, j) * (2.0 * (a(i, d) - b(j, d)));
      }
    }
  }
  return d_a;
}

// step: scores, d_squared_distances
/// -w^2 x / 2 of each entry, where w^2 alone might overflow or vanish.
Mat times_half_square(double w, const Mat& x) {
  Mat scaled = x;
  for (double& entry : scaled) entry = (Wide(-0.5 * w) * w * entry).narrow();
  return scaled;
}

}  // namespace

Forward forward(const Params& params, const Mat& queries, const Mat& keys) {
  expect_equal_widths(queries, keys);
  Forward f;
  f.squared_distances = squared_distances(queries, keys);
  f.scores = times_half_square(params.w, f.squared_distances);  // log of exp(-w^2 D / 2)
  return f;
}

Backward backward(const Params& params, const Mat& queries, const Mat& keys, const Forward& forward,
                  const Mat& d_scores) {
  expect_d_scores(d_scores, forward.scores);
  Backward b;
  // forward was: scores = -w^2 squared_distances / 2
  b.d_w = (-Wide(params.w) * wide_inner_product(d_scores, forward.squared_distances)).narrow();
  b.d_squared_distances = times_half_square(params.w, d_scores);
  // forward was: squared_distances_ij = |q_i - k_j|^2
  b.d_queries = squared_distances_backward(queries, keys, b.d_squared_distances);
  b.d_keys = squared_distances_backward(keys, queries, transpose(b.d_squared_distances));
  return b;
}

}  // namespace attn::gaussian
