#include "attn/mechanisms/online_heads.hpp"

#include <algorithm>

#include "attn/core/complete.hpp"
#include "attn/core/heads.hpp"
#include "attn/core/matmul.hpp"
#include "attn/core/ops.hpp"
#include "attn/core/shape_error.hpp"
#include "attn/mechanisms/scale.hpp"

namespace attn::online_heads {
namespace {

/// What belongs to head h of a tensor whose first axis counts the heads.
template <class Whole, class Part>
void put(Whole& whole, std::size_t h, const Part& part) {
  std::copy(part.begin(), part.end(), whole.data() + h * part.size());
}

Vec row_of(const Mat& m, std::size_t i) {
  Vec row = zeros(cols(m));
  std::copy_n(m.data() + i * cols(m), cols(m), row.data());
  return row;
}

/// Every head by itself.
Read read(const Ten3& q_heads, const multi_head::Projected& keys,
          const online_softmax::Rule& rule) {
  const std::size_t H = q_heads.shape(0), Tq = q_heads.shape(1), dv = keys.v_heads.shape(2);
  const double scale = scale::sqrt_dk(q_heads.shape(2));
  Read all{zeros(H, Tq), zeros(H, Tq), zeros(H, Tq, dv), {}, zeros(H, Tq, dv)};
  for (std::size_t h = 0; h < H; ++h) {
    const online_softmax::Forward one = online_softmax::forward(
        head(q_heads, h), head(keys.k_heads, h), head(keys.v_heads, h), rule, scale);
    put(all.maxima, h, one.maxima);
    put(all.sums, h, one.sums);
    put(all.heads, h, one.context);
    all.leading.push_back(one.leading);
    put(all.beyond, h, one.beyond);
  }
  return all;
}

/// The same backwards: fills in what belongs to the heads.
void read_backward(Backward& b, const Forward& forward, const online_softmax::Rule& rule) {
  const std::size_t H = forward.heads.shape(0);
  const double scale = scale::sqrt_dk(forward.q_heads.shape(2));
  b.means = zeros(H, cols(forward.maxima));
  b.d_v_heads = Ten3(forward.v_heads.shape());
  b.d_q_heads = Ten3(forward.q_heads.shape());
  b.d_k_heads = Ten3(forward.k_heads.shape());
  for (std::size_t h = 0; h < H; ++h) {
    const online_softmax::Forward one{row_of(forward.maxima, h), row_of(forward.sums, h),
                                      head(forward.heads, h), forward.leading[h],
                                      head(forward.beyond, h)};
    const online_softmax::Backward back =
        online_softmax::backward(head(forward.q_heads, h), head(forward.k_heads, h),
                                 head(forward.v_heads, h), rule, scale, one, head(b.d_heads, h));
    put(b.means, h, back.means);
    put(b.d_v_heads, h, back.d_values);
    put(b.d_q_heads, h, back.d_queries);
    put(b.d_k_heads, h, back.d_keys);
  }
}

}  // namespace

Forward forward(const multi_head::Params& params, const Mat& queries, const Mat& keys,
                const Mat& values, const online_softmax::Rule& rule) {
  Forward f;
  static_cast<multi_head::Projected&>(f) = multi_head::project(params, keys, values);
  if (!is_complete<multi_head::Projected>(f)) return f;
  multi_head::expect_attend(params, queries, f);
  f.q = add_to_rows(matmul(queries, params.W_q), params.b_q);  // Q W^Q, section 3.2.2
  f.q_heads = split_heads(f.q, params.heads);
  static_cast<Read&>(f) = read(f.q_heads, f, rule);  // softmax(Q K^T / sqrt(dk)) V, eq. (1)
  f.concat = merge_heads(f.heads);                   // Concat(head_1, ..., head_h)
  f.output = add_to_rows(matmul(f.concat, params.W_o), params.b_o);  // ... W^O
  return f;
}

Backward backward(const multi_head::Params& params, const Mat& queries, const Mat& keys,
                  const Mat& values, const online_softmax::Rule& rule, const Forward& forward,
                  const Mat& d_output) {
  expect_shape("d_output", shape_of(d_output), shape_of(forward.output), "Tq,dm",
               "the shape of the output");
  Backward b;
  // forward was: output = concat W_o + b_o
  b.d_W_o = matmul_tn(forward.concat, d_output);
  b.d_b_o = sum_of_rows(d_output);
  b.d_concat = matmul_nt(d_output, params.W_o);
  // forward was: concat = merge_heads(heads), heads = softmax(q_heads k_heads^T / sqrt(dk)) v_heads
  b.d_heads = split_heads(b.d_concat, params.heads);
  read_backward(b, forward, rule);
  // forward was: q_heads = split_heads(q), q = queries W_q + b_q
  b.d_q = merge_heads(b.d_q_heads);
  b.d_W_q = matmul_tn(queries, b.d_q);
  b.d_b_q = sum_of_rows(b.d_q);
  b.d_queries = matmul_nt(b.d_q, params.W_q);
  static_cast<multi_head::ProjectedBackward&>(b) =
      multi_head::project_backward(params, keys, values, b.d_k_heads, b.d_v_heads);
  return b;
}

}  // namespace attn::online_heads
