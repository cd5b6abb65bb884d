#include "attn/mechanisms/dot.hpp"

#include "attn/core/matmul.hpp"
#include "attn/mechanisms/inputs.hpp"

namespace attn::dot {

Forward forward(const Mat& queries, const Mat& keys, double scale) {
  expect_equal_widths(queries, keys);
  Forward f;
  f.scores = scale * matmul_nt(queries, keys);  // score(h_t, h_s) = h_t^T h_s, section 3.1
  return f;
}

Backward backward(const Mat& queries, const Mat& keys, double scale, const Forward& forward,
                  const Mat& d_scores) {
  expect_d_scores(d_scores, forward.scores);
  Backward b;
  // forward was: scores = scale queries keys^T
  b.d_queries = scale * matmul(d_scores, keys);
  b.d_keys = scale * matmul_tn(d_scores, queries);
  return b;
}

}  // namespace attn::dot
