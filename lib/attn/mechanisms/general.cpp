#include "attn/mechanisms/general.hpp"

#include "attn/core/matmul.hpp"
#include "attn/mechanisms/inputs.hpp"

namespace attn::general {

Forward forward(const Params& params, const Mat& queries, const Mat& keys) {
  expect_queries_and_keys(queries, keys);
  expect_shape("W_a", shape_of(params.W_a), {cols(queries), cols(keys)}, "dq,dk",
               "it takes a query to the width of a key");
  Forward f;
  f.projected = matmul(queries, params.W_a);  // h_t^T W_a, section 3.1
  f.scores = matmul_nt(f.projected, keys);    // h_t^T W_a h_s, section 3.1
  return f;
}

Backward backward(const Params& params, const Mat& queries, const Mat& keys, const Forward& forward,
                  const Mat& d_scores) {
  expect_d_scores(d_scores, forward.scores);
  Backward b;
  // forward was: scores = projected keys^T
  b.d_projected = matmul(d_scores, keys);
  b.d_keys = matmul_tn(d_scores, forward.projected);
  // forward was: projected = queries W_a
  b.d_W_a = matmul_tn(queries, b.d_projected);
  b.d_queries = matmul_nt(b.d_projected, params.W_a);
  return b;
}

}  // namespace attn::general
