#include "attn/mechanisms/multi_head.hpp"

#include "attn/core/axes.hpp"
#include "attn/core/complete.hpp"
#include "attn/core/heads.hpp"
#include "attn/core/matmul.hpp"
#include "attn/core/ops.hpp"
#include "attn/core/shape_error.hpp"
#include "attn/core/softmax.hpp"
#include "attn/mechanisms/inputs.hpp"
#include "attn/mechanisms/scale.hpp"

namespace attn::multi_head {
namespace {

void expect_projection(const char* W_name, const Mat& W, const char* b_name, const Vec& b,
                       std::size_t width, const char* axes, const char* of) {
  expect_nonempty(W_name, shape_of(W), axes);
  expect_shape(W_name, shape_of(W), {width, cols(W)}, axes,
               std::string("one row for each column of ") + of);
  expect_shape(b_name, shape_of(b), {cols(W)}, split_axes(axes).back(),
               std::string("one entry for each column of ") + W_name);
}

}  // namespace

void expect_attend(const Params& params, const Mat& queries, const Projected& keys) {
  expect_nonempty("queries", shape_of(queries), "Tq,dq");
  expect_projection("W_q", params.W_q, "b_q", params.b_q, cols(queries), "dq,Hdk", "the queries");
  expect_shape("W_q", shape_of(params.W_q), {cols(queries), cols(keys.k)}, "dq,Hdk",
               "queries are projected to the width of the keys");
  expect_projection("W_o", params.W_o, "b_o", params.b_o, cols(keys.v), "Hdv,dm", "the heads");
}

Projected project(const Params& params, const Mat& keys, const Mat& values) {
  expect_nonempty("keys", shape_of(keys), "Tk,dx_k");
  expect_nonempty("values", shape_of(values), "Tk,dx_v");
  expect_shape("values", shape_of(values), {rows(keys), cols(values)}, "Tk,dx_v",
               "each key has one value");
  expect_projection("W_k", params.W_k, "b_k", params.b_k, cols(keys), "dx_k,Hdk", "the keys");
  expect_projection("W_v", params.W_v, "b_v", params.b_v, cols(values), "dx_v,Hdv", "the values");
  Projected f;
  f.k = add_to_rows(matmul(keys, params.W_k), params.b_k);    // K W^K, section 3.2.2
  f.v = add_to_rows(matmul(values, params.W_v), params.b_v);  // V W^V, section 3.2.2
  f.k_heads = split_heads(f.k, params.heads);
  f.v_heads = split_heads(f.v, params.heads);
  return f;
}

Attended attend(const Params& params, const Mat& queries, const Projected& keys, const Mask& mask) {
  expect_attend(params, queries, keys);
  expect_mask(mask, rows(queries), keys.k_heads.shape(1));
  const std::size_t dk = keys.k_heads.shape(2);
  Attended f;
  f.q = add_to_rows(matmul(queries, params.W_q), params.b_q);  // Q W^Q, section 3.2.2
  f.q_heads = split_heads(f.q, params.heads);
  f.scores = batched_matmul_nt(f.q_heads, keys.k_heads);  // Q K^T, eq. (1), in each head
  f.scaled = scale::sqrt_dk(dk) * f.scores;               // the factor 1/sqrt(dk) of eq. (1)
  f.masked = apply_mask(f.scaled, mask);                  // section 3.2.3
  f.weights = softmax(f.masked);                          // softmax of eq. (1)
  f.heads = batched_matmul(f.weights, keys.v_heads);      // ... V, eq. (1)
  f.concat = merge_heads(f.heads);                        // Concat(head_1, ..., head_h)
  f.output = add_to_rows(matmul(f.concat, params.W_o), params.b_o);  // ... W^O, section 3.2.2
  return f;
}

Forward forward(const Params& params, const Mat& queries, const Mat& keys, const Mat& values,
                const Mask& mask) {
  Forward f;
  static_cast<Projected&>(f) = project(params, keys, values);
  if (is_complete<Projected>(f)) static_cast<Attended&>(f) = attend(params, queries, f, mask);
  return f;
}

AttendedBackward attend_backward(const Params& params, const Mat& queries, const Projected& keys,
                                 const Attended& forward, const Mat& d_output) {
  expect_shape("d_output", shape_of(d_output), shape_of(forward.output), "Tq,dm",
               "the shape of the output");
  const double scale = scale::sqrt_dk(keys.k_heads.shape(2));
  AttendedBackward b;
  // forward was: output = concat W_o + b_o
  b.d_W_o = matmul_tn(forward.concat, d_output);
  b.d_b_o = sum_of_rows(d_output);
  b.d_concat = matmul_nt(d_output, params.W_o);
  // forward was: concat = merge_heads(heads)
  b.d_heads = split_heads(b.d_concat, params.heads);
  // forward was: heads = weights v_heads
  b.d_v_heads = batched_matmul_tn(forward.weights, b.d_heads);
  b.d_weights = batched_matmul_nt(b.d_heads, keys.v_heads);
  // forward was: weights = softmax(masked), and masked = scaled where the mask attends
  b.d_scaled = softmax_backward(forward.weights, b.d_weights);
  // forward was: scaled = scale * scores
  b.d_scores = scale * b.d_scaled;
  // forward was: scores = q_heads k_heads^T
  b.d_q_heads = batched_matmul(b.d_scores, keys.k_heads);
  b.d_k_heads = batched_matmul_tn(b.d_scores, forward.q_heads);
  // forward was: q_heads = split_heads(q), q = queries W_q + b_q
  b.d_q = merge_heads(b.d_q_heads);
  b.d_W_q = matmul_tn(queries, b.d_q);
  b.d_b_q = sum_of_rows(b.d_q);
  b.d_queries = matmul_nt(b.d_q, params.W_q);
  return b;
}

ProjectedBackward project_backward(const Params& params, const Mat& keys, const Mat& values,
                                   const Ten3& d_k_heads, const Ten3& d_v_heads) {
  ProjectedBackward b;
  // forward was: k_heads = split_heads(k), v_heads = split_heads(v)
  b.d_k = merge_heads(d_k_heads);
  b.d_v = merge_heads(d_v_heads);
  // forward was: k = keys W_k + b_k
  b.d_W_k = matmul_tn(keys, b.d_k);
  b.d_b_k = sum_of_rows(b.d_k);
  b.d_keys = matmul_nt(b.d_k, params.W_k);
  // forward was: v = values W_v + b_v
  b.d_W_v = matmul_tn(values, b.d_v);
  b.d_b_v = sum_of_rows(b.d_v);
  b.d_values = matmul_nt(b.d_v, params.W_v);
  return b;
}

Backward backward(const Params& params, const Mat& queries, const Mat& keys, const Mat& values,
                  const Forward& forward, const Mat& d_output) {
  Backward b;
  static_cast<AttendedBackward&>(b) = attend_backward(params, queries, forward, forward, d_output);
  if (!is_complete<AttendedBackward>(b)) return b;
  static_cast<ProjectedBackward&>(b) =
      project_backward(params, keys, values, b.d_k_heads, b.d_v_heads);
  return b;
}

}  // namespace attn::multi_head
