#include "attn/mechanisms/cosine.hpp"

#include "attn/core/matmul.hpp"
#include "attn/core/ops.hpp"
#include "attn/mechanisms/inputs.hpp"

namespace attn::cosine {
namespace {

// step: query_directions, key_directions
/// x_i / |x_i|, or 0 where x_i is 0.
Mat directions(const Mat& x, const Vec& norms) {
  Mat u = zeros(rows(x), cols(x));
  for (std::size_t i = 0; i < rows(x); ++i) {
    for (std::size_t d = 0; d < cols(x) && norms(i) > 0.0; ++d) u(i, d) = x(i, d) / norms(i);
  }
  return u;
}

// step: d_queries, d_keys
/// dx_i = (du_i - (du_i . u_i) u_i) / |x_i|: the part of du_i along u_i only changes the length of
/// x_i, which the direction does not see.
Mat directions_backward(const Mat& u, const Vec& norms, const Mat& d_u) {
  Mat d_x = zeros(rows(u), cols(u));
  for (std::size_t i = 0; i < rows(u); ++i) {
    double along = 0.0;
    for (std::size_t d = 0; d < cols(u); ++d) along += d_u(i, d) * u(i, d);
    for (std::size_t d = 0; d < cols(u) && norms(i) > 0.0; ++d) {
      d_x(i, d) = (d_u(i, d) - along * u(i, d)) / norms(i);
    }
  }
  return d_x;
}

}  // namespace

Forward forward(const Params& params, const Mat& queries, const Mat& keys) {
  expect_equal_widths(queries, keys);
  Forward f;
  f.query_norms = row_norms(queries);                           // |u|, eq. (6)
  f.key_norms = row_norms(keys);                                // |v|, eq. (6)
  f.query_directions = directions(queries, f.query_norms);      // u / |u|, eq. (6)
  f.key_directions = directions(keys, f.key_norms);             // v / |v|, eq. (6)
  f.cosines = matmul_nt(f.query_directions, f.key_directions);  // u . v / (|u| |v|), eq. (6)
  f.scores = params.beta * f.cosines;                           // beta K[k, M(i)], eq. (5)
  return f;
}

Backward backward(const Params& params, const Forward& forward, const Mat& d_scores) {
  expect_d_scores(d_scores, forward.scores);
  Backward b;
  // forward was: scores = beta cosines
  b.d_beta = inner_product(d_scores, forward.cosines);
  b.d_cosines = params.beta * d_scores;
  // forward was: cosines = query_directions key_directions^T
  b.d_query_directions = matmul(b.d_cosines, forward.key_directions);
  b.d_key_directions = matmul_tn(b.d_cosines, forward.query_directions);
  // forward was: query_directions_i = q_i / |q_i|
  b.d_queries =
      directions_backward(forward.query_directions, forward.query_norms, b.d_query_directions);
  // forward was: key_directions_j = k_j / |k_j|
  b.d_keys = directions_backward(forward.key_directions, forward.key_norms, b.d_key_directions);
  return b;
}

}  // namespace attn::cosine
