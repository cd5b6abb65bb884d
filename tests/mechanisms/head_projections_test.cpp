#include "attn/mechanisms/head_projections.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>

#include "attn/core/gradient_check.hpp"
#include "tests/support/close.hpp"
#include "tests/support/message.hpp"
#include "tests/support/multi_head.hpp"

namespace attn::head_projections {
using namespace attn::test;

namespace {

/// Four query heads over two key heads, turned, behind two keys of the past.
struct Inputs {
  multi_head::Params params = random_params({.heads = 4, .dk = 2, .dv = 3}, 1);
  Mat queries = random_mat(3, 5, 11), keys = random_mat(6, 7, 12), values = random_mat(6, 9, 13);
  Ten3 d_q = random_ten3(4, 3, 2, 14), d_k = random_ten3(4, 8, 2, 15),
       d_v = random_ten3(4, 8, 3, 16);
  How how{.key_heads = 2,
          .positions = {.rope = rope::Rope{.base = 20.0, .layout = rope::Layout::halves},
                        .past_keys = random_ten3(2, 2, 2, 17),
                        .past_values = random_ten3(2, 2, 3, 18)}};

  Inputs() {
    params.W_k = random_mat(7, 4, 19), params.b_k = random_vec(4, 20);
    params.W_v = random_mat(9, 6, 21), params.b_v = random_vec(6, 22);
  }
  Forward run() const { return forward(params, queries, keys, values, how); }
};

/// The sum over the query heads of what head h reads of its key head, times d.
double read_by_groups(const Ten3& x, const Ten3& d) {
  const std::size_t group = d.shape(0) / x.shape(0);
  double sum = 0.0;
  for (std::size_t h = 0; h < d.shape(0); ++h) {
    for (std::size_t t = 0; t < d.shape(1); ++t) {
      for (std::size_t i = 0; i < d.shape(2); ++i) sum += x(h / group, t, i) * d(h, t, i);
    }
  }
  return sum;
}

}  // namespace

TEST_CASE("head_projections: without anything asked for they are multi_head's",
          "[head_projections][law]") {
  const multi_head::Params params = random_params({}, 30);
  const Inputs in;
  const Forward f = forward(params, in.queries, in.keys, in.values, plain(params));
  const multi_head::Forward g = multi_head::forward(params, in.queries, in.keys, in.values,
                                                    Mask(Mask::shape_type{3, 6}, true));
  CHECK(close(f.queries(), g.q_heads, 0.0));
  CHECK(close(f.keys(), g.k_heads, 0.0));
  CHECK(close(f.values(), g.v_heads, 0.0));
  CHECK(plain(params).scale == 1.0 / std::sqrt(3.0));
}

TEST_CASE("head_projections: what is shown is what was asked for", "[head_projections][law]") {
  Inputs in;
  const Forward f = in.run();
  CHECK(&f.queries() == &f.positioned.q_rotated);
  CHECK(&f.keys() == &f.positioned.all_keys);
  CHECK(&f.values() == &f.positioned.all_values);
  in.how.positions = {.rope = rope::Rope{}};
  const Forward turned = in.run();
  CHECK(&turned.keys() == &turned.positioned.k_rotated);
  CHECK(&turned.values() == &turned.v_heads);
  in.how.positions = {};
  const Forward split = in.run();
  CHECK(&split.queries() == &split.q_heads);
  CHECK(&split.keys() == &split.k_heads);
}

TEST_CASE("head_projections: a bias for all heads is that of each, or each has its own",
          "[head_projections][law]") {
  How how;
  CHECK(how.bias_of(2).size() == 0);
  how.bias = random_ten3(1, 3, 4, 40);
  for (std::size_t i = 0; i < 12; ++i) CHECK(how.bias_of(2).data()[i] == how.bias.data()[i]);
  how.bias = random_ten3(3, 3, 4, 41);
  how.own_biases = true;
  for (std::size_t i = 0; i < 12; ++i) CHECK(how.bias_of(2).data()[i] == how.bias.data()[24 + i]);
}

TEST_CASE("head_projections: forward and backward are what PyTorch makes of them",
          "[head_projections][reference]") {
  for (const Fixture& c : Fixture("head_projections")["cases"].items()) {
    CAPTURE(c["name"].text());
    const multi_head::Params params = params_of(c);
    How how{.key_heads = c["key_heads"].integer()};
    if (c.has("past_keys")) {
      how.positions.past_keys = c["past_keys"].ten3();
      how.positions.past_values = c["past_values"].ten3();
    }
    if (c.has("rope")) {
      const Fixture rope = c["rope"];
      how.positions.rope = rope::Rope{
          .base = rope["base"].number(),
          .layout = rope["halves"].flag() ? rope::Layout::halves : rope::Layout::interleaved,
          .first = rope["first"].number()};
    }
    const Mat queries = c["queries"].mat(), keys = c["keys"].mat(), values = c["values"].mat();
    const Forward f = forward(params, queries, keys, values, how);
    CHECK(close(f.queries(), c["read"]["queries"].ten3(), 1e-12));
    CHECK(close(f.keys(), c["read"]["keys"].ten3(), 1e-12));
    CHECK(close(f.values(), c["read"]["values"].ten3(), 1e-12));
    const Backward b = backward(params, queries, keys, values, how, f, c["d"]["q"].ten3(),
                                c["d"]["k"].ten3(), c["d"]["v"].ten3());
    const Fixture expected = c["backward"];
    CHECK(close(b.d_queries, expected["d_queries"].mat(), 1e-12));
    CHECK(close(b.d_W_q, expected["d_W_q"].mat(), 1e-12));
    CHECK(close(b.d_b_q, expected["d_b_q"].vec(), 1e-12));
    CHECK(close(b.d_keys, expected["d_keys"].mat(), 1e-12));
    CHECK(close(b.d_W_k, expected["d_W_k"].mat(), 1e-12));
    CHECK(close(b.d_b_k, expected["d_b_k"].vec(), 1e-12));
    CHECK(close(b.d_values, expected["d_values"].mat(), 1e-12));
    CHECK(close(b.d_W_v, expected["d_W_v"].mat(), 1e-12));
    CHECK(close(b.d_b_v, expected["d_b_v"].vec(), 1e-12));
    if (!c.has("past_keys")) continue;
    CHECK(close(b.positioned.d_past_keys, expected["d_past_keys"].ten3(), 1e-12));
    CHECK(close(b.positioned.d_past_values, expected["d_past_values"].ten3(), 1e-12));
  }
}

TEST_CASE("head_projections: gradients agree with central differences",
          "[head_projections][gradient]") {
  Inputs in;
  const Backward b =
      backward(in.params, in.queries, in.keys, in.values, in.how, in.run(), in.d_q, in.d_k, in.d_v);
  const auto loss = [&] {
    const Forward f = in.run();
    return inner(f.queries(), in.d_q) + read_by_groups(f.keys(), in.d_k) +
           read_by_groups(f.values(), in.d_v);
  };
  CHECK(check_gradient(loss, in.queries, b.d_queries));
  CHECK(check_gradient(loss, in.keys, b.d_keys));
  CHECK(check_gradient(loss, in.values, b.d_values));
  CHECK(check_gradient(loss, in.params.W_q, b.d_W_q));
  CHECK(check_gradient(loss, in.params.b_q, b.d_b_q));
  CHECK(check_gradient(loss, in.params.W_k, b.d_W_k));
  CHECK(check_gradient(loss, in.params.b_k, b.d_b_k));
  CHECK(check_gradient(loss, in.params.W_v, b.d_W_v));
  CHECK(check_gradient(loss, in.params.b_v, b.d_b_v));
  CHECK(check_gradient(loss, in.how.positions.past_keys, b.positioned.d_past_keys));
  CHECK(check_gradient(loss, in.how.positions.past_values, b.positioned.d_past_values));
}

TEST_CASE("head_projections: errors name the tensor and what was expected",
          "[head_projections][errors]") {
  Inputs in;
  in.how.key_heads = 3;
  CHECK(message_of<ShapeError>([&] { in.run(); }) ==
        "4 query heads cannot share 3 key heads evenly");
  in = {};
  in.params.b_q = zeros(6);
  CHECK(message_of<ShapeError>([&] { in.run(); }) ==
        "b_q has shape (6), expected (8), that is (Hdk): one entry for each column of W_q");
  in = {};
  in.queries = zeros(3, 4);
  CHECK(message_of<ShapeError>([&] { in.run(); }).find("W_q has shape (5, 8), expected (4, 8)") ==
        0);
}

}  // namespace attn::head_projections
