#include "attn/mechanisms/predictive.hpp"

#include "attn/core/activations.hpp"
#include "attn/core/matmul.hpp"
#include "attn/core/shape_error.hpp"

namespace attn::predictive {
namespace {

void expect_inputs(const Params& params, const Mat& queries, std::size_t S) {
  if (S == 0) throw ShapeError("the sentence has no positions");
  expect_nonempty("queries", shape_of(queries), "Tq,dq");
  expect_nonempty("W_p", shape_of(params.W_p), "dp,dq");
  expect_shape("W_p", shape_of(params.W_p), {rows(params.W_p), cols(queries)}, "dp,dq",
               "one column for each entry of a query");
  expect_shape("v_p", shape_of(params.v_p), {rows(params.W_p)}, "dp",
               "one entry for each row of W_p");
}

}  // namespace

Forward forward(const Params& params, const Mat& queries, std::size_t S) {
  expect_inputs(params, queries, S);
  Forward f;
  f.layer = tanh(matmul_nt(queries, params.W_p));  // tanh(W_p h_t), eq. (9)
  f.share = sigmoid(matvec(f.layer, params.v_p));  // sigmoid(v_p^T ...), eq. (9)
  f.p = static_cast<double>(S) * f.share;          // S sigmoid(...), eq. (9)
  return f;
}

Backward backward(const Params& params, const Mat& queries, std::size_t S, const Forward& forward,
                  const Vec& d_p) {
  expect_shape("d_p", shape_of(d_p), shape_of(forward.p), "Tq", "the shape of p");
  Backward b;
  // forward was: p = S share
  b.d_share = static_cast<double>(S) * d_p;
  // forward was: share = sigmoid(logit)
  b.d_logit = sigmoid_backward(forward.share, b.d_share);
  // forward was: logit_t = v_p . layer_t
  b.d_v_p = matvec_tn(forward.layer, b.d_logit);
  b.d_layer = outer(b.d_logit, params.v_p);
  // forward was: layer = tanh(sum)
  b.d_sum = tanh_backward(forward.layer, b.d_layer);
  // forward was: sum = queries W_p^T
  b.d_W_p = matmul_tn(b.d_sum, queries);
  b.d_queries = matmul(b.d_sum, params.W_p);
  return b;
}

}  // namespace attn::predictive
