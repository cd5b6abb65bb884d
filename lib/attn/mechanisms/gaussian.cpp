#include "attn/mechanisms/gaussian.hpp"

#include <cmath>
#include <vector>

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

/// So small a square has lost digits, or is 0: what is made of it is made of the difference itself.
constexpr double lost = 0x1p-900;

// step: scores, d_squared_distances
/// -w^2 x / 2 of each entry, where w^2 alone might overflow or vanish.
Mat times_half_square(double w, const Mat& x) {
  Mat scaled = x;
  for (double& entry : scaled) entry = (Wide(-0.5 * w) * w * entry).narrow();
  return scaled;
}

// step: scores
/// |a - b|^2, where it is as small as that
Wide small_square(const Mat& a, std::size_t i, const Mat& b, std::size_t j) {
  std::vector<double> difference(cols(a));
  for (std::size_t d = 0; d < cols(a); ++d) difference[d] = a(i, d) - b(j, d);
  return wide_inner_product(difference, difference);
}

// step: scores
/// -w^2 D_ij / 2 with D_ij = |q_i - k_j|^2
Mat scores_of(double w, const Mat& squares, const Mat& queries, const Mat& keys) {
  Mat scores = times_half_square(w, squares);
  for (std::size_t i = 0; i < rows(squares); ++i) {
    for (std::size_t j = 0; j < cols(squares); ++j) {
      if (!(squares(i, j) < lost)) continue;
      scores(i, j) = (Wide(-0.5 * w) * w * small_square(queries, i, keys, j)).narrow();
    }
  }
  return scores;
}

// step: d_w, d_queries, d_keys
bool any_lost(const Mat& d_squares, const Mat& d_scores) {
  for (std::size_t i = 0; i < d_squares.size(); ++i) {
    if (std::abs(d_squares.data()[i]) < lost && d_scores.data()[i] != 0.0) return true;
  }
  return false;
}

// step: d_w
/// -w sum_ij ds_ij D_ij, or what is the same, 2 / w sum_ij ds_ij s_ij
double d_w_of(double w, const Mat& d_scores, const Forward& forward) {
  if (w != 0.0 && any_lost(forward.squared_distances, d_scores)) {
    return (Wide(2.0) * wide_inner_product(d_scores, forward.scores) / w).narrow();
  }
  return (-Wide(w) * wide_inner_product(d_scores, forward.squared_distances)).narrow();
}

// step: d_queries, d_keys
/// da_i = -w^2 sum_j ds_ij (a_i - b_j): without the gradients of the squares, where they are lost
Mat past_the_squares(double w, const Mat& a, const Mat& b, const Mat& d_scores) {
  Mat d_a = zeros(rows(a), cols(a));
  for (std::size_t i = 0; i < rows(a); ++i) {
    for (std::size_t j = 0; j < rows(b); ++j) {
      for (std::size_t d = 0; d < cols(a); ++d) {
        d_a(i, d) += (Wide(-w) * w * d_scores(i, j) * (a(i, d) - b(j, d))).narrow();
      }
    }
  }
  return d_a;
}

}  // namespace

Forward forward(const Params& params, const Mat& queries, const Mat& keys) {
  expect_equal_widths(queries, keys);
  Forward f;
  f.squared_distances = squared_distances(queries, keys);
  f.scores = scores_of(params.w, f.squared_distances, queries, keys);  // log of exp(-w^2 D / 2)
  return f;
}

Backward backward(const Params& params, const Mat& queries, const Mat& keys, const Forward& forward,
                  const Mat& d_scores) {
  expect_d_scores(d_scores, forward.scores);
  Backward b;
  // forward was: scores = -w^2 squared_distances / 2
  b.d_w = d_w_of(params.w, d_scores, forward);
  b.d_squared_distances = times_half_square(params.w, d_scores);
  // forward was: squared_distances_ij = |q_i - k_j|^2
  b.d_queries = any_lost(b.d_squared_distances, d_scores)
                    ? past_the_squares(params.w, queries, keys, d_scores)
                    : squared_distances_backward(queries, keys, b.d_squared_distances);
  b.d_keys = any_lost(b.d_squared_distances, d_scores)
                 ? past_the_squares(params.w, keys, queries, transpose(d_scores))
                 : squared_distances_backward(keys, queries, transpose(b.d_squared_distances));
  return b;
}

}  // namespace attn::gaussian
