#include "attn/mechanisms/extended_heads.hpp"

#include <catch2/catch_test_macros.hpp>
#include <limits>

#include "attn/core/heads.hpp"
#include "attn/core/ops.hpp"
#include "attn/mechanisms/mask.hpp"
#include "attn/mechanisms/online_heads.hpp"
#include "tests/support/close.hpp"
#include "tests/support/message.hpp"
#include "tests/support/multi_head.hpp"

// Everything against PyTorch: tests/chapters/multi_head_extended_test.cpp.
namespace attn::extended_heads {
using namespace attn::test;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

/// Four query heads over two key heads, with everything that can be asked for.
struct Inputs {
  multi_head::Params params = random_params({.heads = 4, .dk = 2, .dv = 3}, 1);
  Mat queries = random_mat(3, 5, 11), keys = random_mat(6, 7, 12), values = random_mat(6, 9, 13);
  Mask mask = random_mask(3, 8, 14);
  Mat d_output = random_mat(3, 10, 15);
  How how{.key_heads = 2,
          .scale = 0.8,
          .softcap = 1.1,
          .bias = random_ten3(4, 3, 8, 16),
          .own_biases = true,
          .positions = {.rope = rope::Rope{.base = 20.0, .layout = rope::Layout::halves},
                        .past_keys = random_ten3(2, 2, 2, 17),
                        .past_values = random_ten3(2, 2, 3, 18)}};

  Inputs() {
    params.W_k = random_mat(7, 4, 19), params.b_k = random_vec(4, 20);
    params.W_v = random_mat(9, 6, 21), params.b_v = random_vec(6, 22);
  }
  Forward run() const { return forward(params, queries, keys, values, mask, how); }
  Backward back() const { return backward(params, queries, keys, values, how, run(), d_output); }
};

/// The matrix of a key head that each query head of its group reads, for each query head.
Mat repeated(const Mat& W, std::size_t G, std::size_t H) {
  const Ten3 heads = split_heads(W, G);
  Ten3 all(Ten3::shape_type{H, heads.shape(1), heads.shape(2)});
  const std::size_t n = heads.shape(1) * heads.shape(2);
  for (std::size_t h = 0; h < H; ++h) {
    std::copy_n(heads.data() + h / (H / G) * n, n, all.data() + h * n);
  }
  return merge_heads(all);
}

}  // namespace

TEST_CASE("extended_heads: without anything asked for it is multi_head", "[extended_heads][law]") {
  const multi_head::Params params = random_params({}, 30);
  const Inputs in;
  const Mask mask = random_mask(3, 6, 31);
  const How plain = head_projections::plain(params);
  const Forward f = forward(params, in.queries, in.keys, in.values, mask, plain);
  const multi_head::Forward g = multi_head::forward(params, in.queries, in.keys, in.values, mask);
  CHECK(close(f.output, g.output, 1e-15));
  CHECK(close(f.weights, g.weights, 1e-15));
  const Backward b = backward(params, in.queries, in.keys, in.values, plain, f, in.d_output);
  const multi_head::Backward d =
      multi_head::backward(params, in.queries, in.keys, in.values, g, in.d_output);
  CHECK(close(b.d_W_q, d.d_W_q, 1e-14));
  CHECK(close(b.projected.d_W_k, d.d_W_k, 1e-14));
  CHECK(close(b.projected.d_W_v, d.d_W_v, 1e-14));
}

TEST_CASE("extended_heads: shared keys are keys of each head's own that happen to be equal",
          "[extended_heads][law]") {
  Inputs in;
  in.how = {.key_heads = 2, .scale = 0.8};
  in.mask = random_mask(3, 6, 32);
  const Forward f = in.run();
  multi_head::Params own = in.params;
  own.W_k = repeated(own.W_k, 2, 4), own.W_v = repeated(own.W_v, 2, 4);
  Mat b_k = zeros(1, 4), b_v = zeros(1, 6);
  std::copy(own.b_k.begin(), own.b_k.end(), b_k.data());
  std::copy(own.b_v.begin(), own.b_v.end(), b_v.data());
  b_k = repeated(b_k, 2, 4), b_v = repeated(b_v, 2, 4);
  own.b_k = zeros(8), own.b_v = zeros(12);
  std::copy(b_k.begin(), b_k.end(), own.b_k.data());
  std::copy(b_v.begin(), b_v.end(), own.b_v.data());
  How how = in.how;
  how.key_heads = 4;
  CHECK(close(f.output, forward(own, in.queries, in.keys, in.values, in.mask, how).output, 1e-15));
}

TEST_CASE("extended_heads: a row that a head's bias hides whole reads 0 in that head alone",
          "[extended_heads][law]") {
  Inputs in;
  for (std::size_t j = 0; j < 8; ++j) in.how.bias(1, 2, j) = -inf;
  const Forward f = in.run();
  const Backward b = in.back();
  for (std::size_t d = 0; d < 3; ++d) {
    CHECK(f.heads(1, 2, d) == 0.0);
    CHECK(f.heads(0, 2, d) != 0.0);
  }
  for (std::size_t j = 0; j < 8; ++j) CHECK(b.d_biased(1, 2, j) == 0.0);
  for (const double entry : b.d_queries) CHECK(std::isfinite(entry));
}

TEST_CASE("extended_heads: in blocks everything is the same",
          "[extended_heads][online_heads][law]") {
  for (const bool own : {true, false}) {
    Inputs in;
    in.how.own_biases = own;
    if (!own) in.how.bias = random_ten3(1, 3, 8, 33);
    in.how.bias(0, 1, 3) = -inf;
    for (std::size_t j = 0; j < 8; ++j) in.how.bias(0, 2, j) = -inf;
    const online_softmax::Rule rule{.causal = true, .offset = 4, .mask = &in.mask};
    Inputs whole = in;
    whole.mask = mask::both(in.mask, mask::causal(3, 8, 4));
    const Forward f = whole.run();
    const online_heads::Forward g =
        online_heads::forward(in.params, in.queries, in.keys, in.values, rule, in.how);
    CHECK(close(g.output, f.output, 1e-14));
    const Backward b = whole.back();
    const online_heads::Backward d = online_heads::backward(
        in.params, in.queries, in.keys, in.values, rule, in.how, g, in.d_output);
    CHECK(close(d.d_W_q, b.d_W_q, 1e-13));
    CHECK(close(d.d_W_k, b.projected.d_W_k, 1e-13));
    CHECK(close(d.d_W_v, b.projected.d_W_v, 1e-13));
    CHECK(close(d.positioned.d_past_keys, b.projected.positioned.d_past_keys, 1e-13));
    CHECK(close(d.positioned.d_past_values, b.projected.positioned.d_past_values, 1e-13));
    if (own)
      CHECK(close(d.d_biases, b.d_biased, 1e-13));
    else
      CHECK(close(d.d_bias, b.d_bias, 1e-13));
  }
}

TEST_CASE("extended_heads: gradients agree with central differences",
          "[extended_heads][gradient]") {
  Inputs in;
  const Backward b = in.back();
  const auto loss = [&] { return inner(in.run().output, in.d_output); };
  CHECK(check_gradient(loss, in.queries, b.d_queries));
  CHECK(check_gradient(loss, in.keys, b.projected.d_keys));
  CHECK(check_gradient(loss, in.values, b.projected.d_values));
  CHECK(check_gradient(loss, in.params.W_q, b.d_W_q));
  CHECK(check_gradient(loss, in.params.b_q, b.d_b_q));
  CHECK(check_gradient(loss, in.params.W_k, b.projected.d_W_k));
  CHECK(check_gradient(loss, in.params.b_k, b.projected.d_b_k));
  CHECK(check_gradient(loss, in.params.W_v, b.projected.d_W_v));
  CHECK(check_gradient(loss, in.params.b_v, b.projected.d_b_v));
  CHECK(check_gradient(loss, in.params.W_o, b.d_W_o));
  CHECK(check_gradient(loss, in.params.b_o, b.d_b_o));
  CHECK(check_gradient(loss, in.how.bias, b.d_biased));
  CHECK(check_gradient(loss, in.how.positions.past_keys, b.projected.positioned.d_past_keys));
  CHECK(check_gradient(loss, in.how.positions.past_values, b.projected.positioned.d_past_values));
  in.how.bias = random_ten3(1, 3, 8, 34);
  in.how.own_biases = false;
  Mat one = in.how.bias_of(0);
  const auto shared = [&] {
    std::copy(one.begin(), one.end(), in.how.bias.data());
    return loss();
  };
  CHECK(check_gradient(shared, one, in.back().d_bias));
}

TEST_CASE("extended_heads: errors name the tensor and what was expected",
          "[extended_heads][errors]") {
  Inputs in;
  in.how.key_heads = 3;
  CHECK(message_of<ShapeError>([&] { in.run(); }) ==
        "4 query heads cannot share 3 key heads evenly");
  in = {};
  in.params.W_q = zeros(5, 6);
  CHECK(message_of<ShapeError>([&] { in.run(); }) ==
        "W_q has shape (5, 6), expected (5, 8), that is (dq, Hdk): every head's queries are as "
        "wide as a key");
  in = {};
  in.params.W_o = zeros(6, 10);
  CHECK(message_of<ShapeError>([&] { in.run(); }) ==
        "W_o has shape (6, 10), expected (12, 10), that is (Hdv, dm): one row for each column of "
        "the heads side by side");
  in = {};
  in.how.bias = zeros(2, 3, 8);
  CHECK(message_of<ShapeError>([&] { in.run(); }) ==
        "bias has shape (2, 3, 8), expected (4, 3, 8), that is (H, Tq, Tk): one matrix for each "
        "head");
  in = {};
  in.how.positions.past_keys = zeros(1, 2, 2);
  CHECK(message_of<ShapeError>([&] { in.run(); }) ==
        "past has shape (1, 2, 2), expected (2, 2, 2), that is (G, Tp, d): of the same heads as "
        "what is new");
}

}  // namespace attn::extended_heads
