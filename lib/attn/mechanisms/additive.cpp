#include "attn/mechanisms/additive.hpp"

#include "attn/core/activations.hpp"
#include "attn/core/complete.hpp"
#include "attn/core/matmul.hpp"
#include "attn/core/ops.hpp"
#include "attn/mechanisms/inputs.hpp"

namespace attn::additive {
namespace {

void expect_params(const Params& params) {
  expect_nonempty("W_a", shape_of(params.W_a), "da,dq");
  expect_shape("v_a", shape_of(params.v_a), {rows(params.W_a)}, "da",
               "one entry for each row of W_a");
}

void expect_queries(const Params& params, const Mat& queries) {
  expect_nonempty("queries", shape_of(queries), "Tq,dq");
  expect_params(params);
  expect_shape("W_a", shape_of(params.W_a), {rows(params.W_a), cols(queries)}, "da,dq",
               "one column for each entry of a query");
}

void expect_keys(const Params& params, const Mat& keys) {
  expect_nonempty("keys", shape_of(keys), "Tk,dk");
  expect_params(params);
  expect_shape("U_a", shape_of(params.U_a), {rows(params.W_a), cols(keys)}, "da,dk",
               "as many rows as W_a, and one column for each entry of a key");
}

}  // namespace

Projected project(const Params& params, const Mat& keys) {
  expect_keys(params, keys);
  Projected f;
  f.k = matmul_nt(keys, params.U_a);  // U_a h_j, appendix A.1.2
  return f;
}

Step step(const Params& params, const Mat& queries, const Projected& keys) {
  expect_queries(params, queries);
  Step f;
  f.q = matmul_nt(queries, params.W_a);        // W_a s_{i-1}, appendix A.1.2
  f.hidden = tanh(pair_sums(f.q, keys.k));     // tanh(W_a s_{i-1} + U_a h_j), appendix A.1.2
  f.scores = dot_pairs(f.hidden, params.v_a);  // v_a^T tanh(...), appendix A.1.2
  return f;
}

Forward forward(const Params& params, const Mat& queries, const Mat& keys) {
  const Projected projected = project(params, keys);
  if (!is_complete(projected)) return {projected, {}};
  return {projected, step(params, queries, projected)};
}

StepBackward step_backward(const Params& params, const Mat& queries, const Step& forward,
                           const Mat& d_scores) {
  expect_d_scores(d_scores, forward.scores);
  StepBackward b;
  // forward was: scores_ij = v_a . hidden_ij
  b.d_v_a = weighted_sum_of_pairs(d_scores, forward.hidden);
  b.d_hidden = scale_pairs(d_scores, params.v_a);
  // forward was: hidden = tanh(sum)
  b.d_sum = tanh_backward(forward.hidden, b.d_hidden);
  // forward was: sum_ij = q_i + k_j
  b.d_q = sum_over_keys(b.d_sum);
  b.d_k = sum_over_queries(b.d_sum);
  // forward was: q = queries W_a^T
  b.d_W_a = matmul_tn(b.d_q, queries);
  b.d_queries = matmul(b.d_q, params.W_a);
  return b;
}

ProjectBackward project_backward(const Params& params, const Mat& keys, const Mat& d_k) {
  expect_shape("d_k", shape_of(d_k), {rows(keys), rows(params.U_a)}, "Tk,da",
               "the shape of the projected keys");
  ProjectBackward b;
  // forward was: k = keys U_a^T
  b.d_U_a = matmul_tn(d_k, keys);
  b.d_keys = matmul(d_k, params.U_a);
  return b;
}

Backward backward(const Params& params, const Mat& queries, const Mat& keys, const Forward& forward,
                  const Mat& d_scores) {
  const StepBackward back = step_backward(params, queries, forward, d_scores);
  if (!is_complete(back)) return {back, {}};
  return {back, project_backward(params, keys, back.d_k)};
}

}  // namespace attn::additive
