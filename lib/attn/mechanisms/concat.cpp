#include "attn/mechanisms/concat.hpp"

#include "attn/core/activations.hpp"
#include "attn/core/matmul.hpp"
#include "attn/core/ops.hpp"
#include "attn/mechanisms/inputs.hpp"

namespace attn::concat {
namespace {

void expect_inputs(const Params& params, const Mat& queries, const Mat& keys) {
  expect_queries_and_keys(queries, keys);
  expect_nonempty("W_a", shape_of(params.W_a), "da,dq+dk");
  expect_shape("W_a", shape_of(params.W_a), {rows(params.W_a), cols(queries) + cols(keys)},
               "da,dq+dk", "one column for each entry of a query, then for each of a key");
  expect_shape("v_a", shape_of(params.v_a), {rows(params.W_a)}, "da",
               "one entry for each row of W_a");
}

}  // namespace

Forward forward(const Params& params, const Mat& queries, const Mat& keys) {
  expect_inputs(params, queries, keys);
  Forward f;
  f.concatenated = pair_concat(queries, keys);             // [h_t; h_s], section 3.1
  f.hidden = tanh(matmul_nt(f.concatenated, params.W_a));  // tanh(W_a [h_t; h_s]), section 3.1
  f.scores = dot_pairs(f.hidden, params.v_a);              // v_a^T tanh(...), section 3.1
  return f;
}

Backward backward(const Params& params, const Mat& queries, const Mat& keys, const Forward& forward,
                  const Mat& d_scores) {
  expect_d_scores(d_scores, forward.scores);
  Backward b;
  // forward was: scores_ij = v_a . hidden_ij
  b.d_v_a = weighted_sum_of_pairs(d_scores, forward.hidden);
  b.d_hidden = scale_pairs(d_scores, params.v_a);
  // forward was: hidden = tanh(sum)
  b.d_sum = tanh_backward(forward.hidden, b.d_hidden);
  // forward was: sum_ij = W_a concatenated_ij
  b.d_W_a = matmul_tn(b.d_sum, forward.concatenated);
  b.d_concatenated = matmul(b.d_sum, params.W_a);
  // forward was: concatenated_ij = [q_i; k_j]
  b.d_queries = first_columns(sum_over_keys(b.d_concatenated), cols(queries));
  b.d_keys = last_columns(sum_over_queries(b.d_concatenated), cols(keys));
  return b;
}

}  // namespace attn::concat
