#include "attn/mechanisms/online_heads.hpp"

#include <algorithm>

#include "attn/core/complete.hpp"
#include "attn/core/heads.hpp"
#include "attn/core/matmul.hpp"
#include "attn/core/ops.hpp"
#include "attn/core/shape_error.hpp"
#include "attn/mechanisms/grouped_queries.hpp"

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

/// How head h sees the keys.
online_softmax::Rule rule_of(const online_softmax::Rule& rule, const head_projections::How& how,
                             const Mat& bias) {
  online_softmax::Rule own = rule;
  own.softcap = how.softcap;
  own.bias = bias.size() > 0 ? &bias : nullptr;
  return own;
}

/// Every head by itself, with the keys of its group.
Read read(const head_projections::Forward& f, const online_softmax::Rule& rule,
          const head_projections::How& how) {
  const std::size_t H = f.q_heads.shape(0), Tq = f.q_heads.shape(1), dv = f.v_heads.shape(2);
  Read all{zeros(H, Tq), zeros(H, Tq), zeros(H, Tq, dv), {}, zeros(H, Tq, dv)};
  for (std::size_t h = 0; h < H; ++h) {
    const std::size_t g = grouped_queries::group_of(h, H, how.key_heads);
    const Mat bias = how.bias_of(h);
    const online_softmax::Forward one =
        online_softmax::forward(head(f.queries(), h), head(f.keys(), g), head(f.values(), g),
                                rule_of(rule, how, bias), how.scale);
    put(all.maxima, h, one.maxima);
    put(all.sums, h, one.sums);
    put(all.heads, h, one.context);
    all.leading.push_back(one.leading);
    put(all.beyond, h, one.beyond);
  }
  return all;
}

/// What came to each query head's queries, keys and values (H, T, d).
struct OfHeads {
  Ten3 d_q, d_k, d_v;
};

/// The same backwards: also fills in means and the gradient of the bias.
OfHeads read_backward(Backward& b, const Forward& forward, const online_softmax::Rule& rule,
                      const head_projections::How& how) {
  const std::size_t H = forward.heads.shape(0), Tq = forward.q_heads.shape(1);
  const std::size_t Tk = forward.keys().shape(1), dk = forward.keys().shape(2);
  OfHeads of{zeros(H, Tq, dk), zeros(H, Tk, dk), zeros(H, Tk, forward.values().shape(2))};
  b.means = zeros(H, Tq);
  if (b.used.own_biases) b.d_biases = zeros(H, Tq, Tk);
  if (b.used.bias && !b.used.own_biases) b.d_bias = zeros(Tq, Tk);
  for (std::size_t h = 0; h < H; ++h) {
    const std::size_t g = grouped_queries::group_of(h, H, how.key_heads);
    const Mat bias = how.bias_of(h);
    const online_softmax::Forward one{row_of(forward.maxima, h), row_of(forward.sums, h),
                                      head(forward.heads, h), forward.leading[h],
                                      head(forward.beyond, h)};
    const online_softmax::Backward back = online_softmax::backward(
        head(forward.queries(), h), head(forward.keys(), g), head(forward.values(), g),
        rule_of(rule, how, bias), how.scale, one, head(b.d_heads, h));
    put(b.means, h, back.means);
    put(of.d_v, h, back.d_values);
    put(of.d_q, h, back.d_queries);
    put(of.d_k, h, back.d_keys);
    if (b.used.own_biases)
      put(b.d_biases, h, back.d_bias);
    else if (b.used.bias)
      b.d_bias += back.d_bias;
  }
  return of;
}

}  // namespace

Forward forward(const multi_head::Params& params, const Mat& queries, const Mat& keys,
                const Mat& values, const online_softmax::Rule& rule,
                const head_projections::How& how) {
  Forward f;
  static_cast<head_projections::Forward&>(f) =
      head_projections::forward(params, queries, keys, values, how);
  if (!is_complete<multi_head::Projected>(f)) return f;
  const extended_heads::Uses used = extended_heads::uses(params, how);
  f.scored = used.scale || used.cap || used.bias || used.groups;
  static_cast<Read&>(f) = read(f, rule, how);  // softmax(Q K^T / sqrt(dk)) V, eq. (1)
  f.concat = merge_heads(f.heads);             // Concat(head_1, ..., head_h)
  f.output = add_to_rows(matmul(f.concat, params.W_o), params.b_o);  // ... W^O
  return f;
}

Forward forward(const multi_head::Params& params, const Mat& queries, const Mat& keys,
                const Mat& values, const online_softmax::Rule& rule) {
  return forward(params, queries, keys, values, rule, head_projections::plain(params));
}

Backward backward(const multi_head::Params& params, const Mat& queries, const Mat& keys,
                  const Mat& values, const online_softmax::Rule& rule,
                  const head_projections::How& how, const Forward& forward, const Mat& d_output) {
  expect_shape("d_output", shape_of(d_output), shape_of(forward.output), "Tq,dm",
               "the shape of the output");
  Backward b;
  b.used = extended_heads::uses(params, how);
  // forward was: output = concat W_o + b_o
  b.d_W_o = matmul_tn(forward.concat, d_output);
  b.d_b_o = sum_of_rows(d_output);
  b.d_concat = matmul_nt(d_output, params.W_o);
  // forward was: concat = merge_heads(heads), heads = what each head reads of its group's values
  b.d_heads = split_heads(b.d_concat, params.heads);
  OfHeads of = read_backward(b, forward, rule, how);
  static_cast<head_projections::Backward&>(b) = head_projections::backward(
      params, queries, keys, values, how, forward, of.d_q, of.d_k, of.d_v);
  b.d_q_rotated = std::move(of.d_q);
  return b;
}

Backward backward(const multi_head::Params& params, const Mat& queries, const Mat& keys,
                  const Mat& values, const online_softmax::Rule& rule, const Forward& forward,
                  const Mat& d_output) {
  return backward(params, queries, keys, values, rule, head_projections::plain(params), forward,
                  d_output);
}

}  // namespace attn::online_heads
