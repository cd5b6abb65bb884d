#include "attn/mechanisms/extended_heads.hpp"

#include <algorithm>

#include "attn/core/complete.hpp"
#include "attn/core/heads.hpp"
#include "attn/core/matmul.hpp"
#include "attn/core/ops.hpp"
#include "attn/core/shape_error.hpp"
#include "attn/mechanisms/grouped_queries.hpp"

namespace attn::extended_heads {
namespace {

biased_dot::Scoring scoring_of(const How& how, std::size_t h) {
  return {.scale = how.scale, .softcap = how.softcap, .bias = how.bias_of(h)};
}

/// A matrix of each head, with the heads in front.
class Stack {
 public:
  Stack(Ten3& all, std::size_t H) : all_(all), H_(H) {}

  void put(std::size_t h, const Mat& one) const {
    if (all_.size() == 0) all_ = Ten3(Ten3::shape_type{H_, rows(one), cols(one)});
    std::copy(one.begin(), one.end(), all_.data() + h * one.size());
  }

 private:
  Ten3& all_;
  std::size_t H_;
};

Mat sum_of_heads(const Ten3& heads) { return head(grouped_queries::sum_over_groups(heads, 1), 0); }

void expect_bias(const How& how, std::size_t H) {
  if (how.bias.size() == 0) return;
  const Shape shape = shape_of(how.bias);
  expect_shape("bias", shape, {how.own_biases ? H : 1, shape[1], shape[2]}, "H,Tq,Tk",
               how.own_biases ? "one matrix for each head" : "one matrix for all heads");
}

}  // namespace

Uses uses(const multi_head::Params& params, const How& how) {
  return {.groups = how.key_heads != params.heads,
          .scale = how.scale != head_projections::plain(params).scale,
          .cap = how.softcap.has_value(),
          .bias = how.bias.size() > 0,
          .own_biases = how.bias.size() > 0 && how.own_biases};
}

Forward forward(const multi_head::Params& params, const Mat& queries, const Mat& keys,
                const Mat& values, const Mask& mask, const How& how) {
  const std::size_t H = params.heads;
  expect_bias(how, H);
  Forward f;
  f.used = uses(params, how);
  f.projected = head_projections::forward(params, queries, keys, values, how);
  if (!is_complete<multi_head::Projected>(f.projected)) return f;
  f.q = f.projected.q;
  f.q_heads = f.projected.q_heads;
  for (std::size_t h = 0; h < H; ++h) {
    const std::size_t g = grouped_queries::group_of(h, H, how.key_heads);
    const biased_dot::Forward one =
        biased_dot::forward(head(f.projected.queries(), h), head(f.projected.keys(), g),
                            head(f.projected.values(), g), mask, scoring_of(how, h));
    Stack(f.scores, H).put(h, one.scores);
    Stack(f.scaled, H).put(h, one.scaled);
    if (one.is_capped) Stack(f.capped, H).put(h, one.capped);
    if (one.is_biased) Stack(f.biased, H).put(h, one.biased);
    Stack(f.masked, H).put(h, one.masked);
    Stack(f.weights, H).put(h, one.weights);
    Stack(f.heads, H).put(h, one.context);
  }
  f.concat = merge_heads(f.heads);                                   // Concat(head_1, ..., head_h)
  f.output = add_to_rows(matmul(f.concat, params.W_o), params.b_o);  // ... W^O, section 3.2.2
  return f;
}

Backward backward(const multi_head::Params& params, const Mat& queries, const Mat& keys,
                  const Mat& values, const How& how, const Forward& forward, const Mat& d_output) {
  expect_shape("d_output", shape_of(d_output), shape_of(forward.output), "Tq,dm",
               "the shape of the output");
  const std::size_t H = params.heads;
  Backward b;
  b.used = forward.used;
  // forward was: output = concat W_o + b_o
  b.d_W_o = matmul_tn(forward.concat, d_output);
  b.d_b_o = sum_of_rows(d_output);
  b.d_concat = matmul_nt(d_output, params.W_o);
  // forward was: concat = merge_heads(heads)
  b.d_heads = split_heads(b.d_concat, H);
  // forward was: heads = what each head reads of its group's values
  Ten3 d_q, d_k, d_v;
  for (std::size_t h = 0; h < H; ++h) {
    const std::size_t g = grouped_queries::group_of(h, H, how.key_heads);
    biased_dot::Forward one;
    one.is_capped = b.used.cap;
    one.is_biased = b.used.bias;
    one.scaled = head(forward.scaled, h);
    one.weights = head(forward.weights, h);
    one.context = head(forward.heads, h);
    const biased_dot::Backward back = biased_dot::backward(
        head(forward.projected.queries(), h), head(forward.projected.keys(), g),
        head(forward.projected.values(), g), scoring_of(how, h), one, head(b.d_heads, h));
    Stack(b.d_weights, H).put(h, back.d_weights);
    if (one.is_biased) Stack(b.d_biased, H).put(h, back.d_bias);
    if (one.is_capped) Stack(b.d_capped, H).put(h, back.d_capped);
    Stack(b.d_scaled, H).put(h, back.d_scaled);
    Stack(b.d_scores, H).put(h, back.d_scores);
    Stack(d_q, H).put(h, back.d_queries);
    Stack(d_k, H).put(h, back.d_keys);
    Stack(d_v, H).put(h, back.d_values);
  }
  if (b.used.bias && !b.used.own_biases) b.d_bias = sum_of_heads(b.d_biased);
  b.d_q_rotated = d_q;
  b.projected = head_projections::backward(params, queries, keys, values, how, forward.projected,
                                           d_q, d_k, d_v);
  b.d_q_heads = b.projected.positioned.d_q;
  b.d_k_heads = b.projected.positioned.d_k;
  b.d_v_heads = b.projected.positioned.d_v;
  b.d_q = b.projected.d_q;
  b.d_W_q = b.projected.d_W_q;
  b.d_b_q = b.projected.d_b_q;
  b.d_queries = b.projected.d_queries;
  return b;
}

}  // namespace attn::extended_heads
