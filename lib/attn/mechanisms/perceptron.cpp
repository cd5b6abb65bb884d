#include "attn/mechanisms/perceptron.hpp"

#include "attn/core/matmul.hpp"
#include "attn/core/ops.hpp"
#include "attn/mechanisms/inputs.hpp"

namespace attn::perceptron {

Forward forward(const Params& params, const Mat& queries, const Mat& keys) {
  expect_queries_and_keys(queries, keys);
  expect_shape("W", shape_of(params.W), {cols(queries), cols(keys)}, "dq,dk",
               "it takes a query to the width of a key");
  expect_shape("b", shape_of(params.b), {cols(keys)}, "dk", "one entry for each column of W");
  Forward f;
  f.projected = add_to_rows(matmul(queries, params.W), params.b);  // q W + b, section 4.1.2
  f.scores = matmul_nt(f.projected, keys);                         // (q W + b) . k
  return f;
}

Backward backward(const Params& params, const Mat& queries, const Mat& keys, const Forward& forward,
                  const Mat& d_scores) {
  expect_d_scores(d_scores, forward.scores);
  Backward b;
  // forward was: scores = projected keys^T
  b.d_projected = matmul(d_scores, keys);
  b.d_keys = matmul_tn(d_scores, forward.projected);
  // forward was: projected = queries W + b
  b.d_W = matmul_tn(queries, b.d_projected);
  b.d_b = sum_of_rows(b.d_projected);
  b.d_queries = matmul_nt(b.d_projected, params.W);
  return b;
}

}  // namespace attn::perceptron
