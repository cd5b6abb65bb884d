#include "attn/mechanisms/head_projections.hpp"

#include "attn/core/complete.hpp"
#include "attn/core/heads.hpp"
#include "attn/core/matmul.hpp"
#include "attn/core/ops.hpp"
#include "attn/core/shape_error.hpp"
#include "attn/mechanisms/grouped_queries.hpp"
#include "attn/mechanisms/scale.hpp"

namespace attn::head_projections {
namespace {

/// The matrices of the keys and values hold G heads.
multi_head::Params of_key_heads(multi_head::Params params, std::size_t G) {
  params.heads = G;
  return params;
}

void expect_queries(const multi_head::Params& params, const Mat& queries, const Ten3& k_heads,
                    const Ten3& v_heads) {
  const std::size_t H = params.heads;
  const std::size_t dk = k_heads.shape(2), dv = v_heads.shape(2);
  expect_nonempty("queries", shape_of(queries), "Tq,dq");
  expect_shape("W_q", shape_of(params.W_q), {cols(queries), H * dk}, "dq,Hdk",
               "every head's queries are as wide as a key");
  expect_shape("b_q", shape_of(params.b_q), {H * dk}, "Hdk", "one entry for each column of W_q");
  expect_shape("W_o", shape_of(params.W_o), {H * dv, cols(params.W_o)}, "Hdv,dm",
               "one row for each column of the heads side by side");
  expect_shape("b_o", shape_of(params.b_o), {cols(params.W_o)}, "dm",
               "one entry for each column of W_o");
}

}  // namespace

Mat How::bias_of(std::size_t h) const {
  if (bias.size() == 0) return {};
  return head(bias, own_biases ? h : 0);
}

How plain(const multi_head::Params& params) {
  const std::size_t dk = params.heads == 0 ? 0 : cols(params.W_k) / params.heads;
  return {.key_heads = params.heads, .scale = scale::sqrt_dk(dk)};
}

Forward forward(const multi_head::Params& params, const Mat& queries, const Mat& keys,
                const Mat& values, const How& how) {
  grouped_queries::group_of(0, params.heads, how.key_heads);
  Forward f;
  static_cast<multi_head::Projected&>(f) =
      multi_head::project(of_key_heads(params, how.key_heads), keys, values);
  if (!is_complete<multi_head::Projected>(f)) return f;
  if (how.key_heads == params.heads)
    multi_head::expect_attend(params, queries, f);
  else
    expect_queries(params, queries, f.k_heads, f.v_heads);
  f.q = add_to_rows(matmul(queries, params.W_q), params.b_q);  // Q W^Q, section 3.2.2
  f.q_heads = split_heads(f.q, params.heads);
  f.positioned = positioned::forward(f.q_heads, f.k_heads, f.v_heads, how.positions);
  return f;
}

Backward backward(const multi_head::Params& params, const Mat& queries, const Mat& keys,
                  const Mat& values, const How& how, const Forward& forward, const Ten3& d_q,
                  const Ten3& d_k, const Ten3& d_v) {
  Backward b;
  // forward was: each query head reads the keys and values of its group
  b.d_all_keys = grouped_queries::sum_over_groups(d_k, how.key_heads);
  b.d_all_values = grouped_queries::sum_over_groups(d_v, how.key_heads);
  b.positioned =
      positioned::backward(how.positions, forward.positioned, d_q, b.d_all_keys, b.d_all_values);
  // forward was: q_heads = split_heads(q), q = queries W_q + b_q
  b.d_q = merge_heads(b.positioned.d_q);
  b.d_W_q = matmul_tn(queries, b.d_q);
  b.d_b_q = sum_of_rows(b.d_q);
  b.d_queries = matmul_nt(b.d_q, params.W_q);
  static_cast<multi_head::ProjectedBackward&>(b) =
      multi_head::project_backward(params, keys, values, b.positioned.d_k, b.positioned.d_v);
  return b;
}

}  // namespace attn::head_projections
