#include "attn/mechanisms/location.hpp"

#include "attn/core/matmul.hpp"
#include "attn/mechanisms/inputs.hpp"

namespace attn::location {

Forward forward(const Params& params, const Mat& queries) {
  expect_nonempty("queries", shape_of(queries), "Tq,dq");
  expect_nonempty("W_a", shape_of(params.W_a), "Tk,dq");
  expect_shape("W_a", shape_of(params.W_a), {rows(params.W_a), cols(queries)}, "Tk,dq",
               "one column for each entry of a query");
  Forward f;
  f.scores = matmul_nt(queries, params.W_a);  // W_a h_t, eq. (8)
  return f;
}

Backward backward(const Params& params, const Mat& queries, const Forward& forward,
                  const Mat& d_scores) {
  expect_d_scores(d_scores, forward.scores);
  Backward b;
  // forward was: scores = queries W_a^T
  b.d_W_a = matmul_tn(d_scores, queries);
  b.d_queries = matmul(d_scores, params.W_a);
  return b;
}

}  // namespace attn::location
