#include "attn/mechanisms/extended_dot.hpp"

#include <catch2/catch_test_macros.hpp>
#include <limits>

#include "attn/core/ops.hpp"
#include "attn/mechanisms/mask.hpp"
#include "attn/mechanisms/scaled_dot.hpp"
#include "tests/support/close.hpp"
#include "tests/support/message.hpp"
#include "tests/support/random.hpp"

// Everything against PyTorch: tests/chapters/scaled_dot_product_extended_test.cpp.
namespace attn::extended_dot {
using namespace attn::test;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

struct Inputs {
  Mat queries = random_mat(3, 4, 1), keys = random_mat(5, 4, 2), values = random_mat(5, 2, 3);
  Mask mask = random_mask(3, 7, 4);
  Mat d_context = random_mat(3, 2, 5);
  How how{.scoring = {.scale = 0.7, .softcap = 1.5, .bias = random_mat(3, 7, 6)},
          .positions = {.rope = rope::Rope{.base = 30.0, .first = 2.0},
                        .past_keys = random_mat(2, 4, 7),
                        .past_values = random_mat(2, 2, 8)}};

  Forward run() const { return forward(queries, keys, values, mask, how); }
  Backward back() const { return backward(queries, keys, values, how, run(), d_context); }
};

}  // namespace

TEST_CASE("extended_dot: without anything asked for it is scaled_dot", "[extended_dot][law]") {
  Inputs in;
  in.how = {.scoring = {.scale = 0.5}, .positions = {}};
  in.mask = random_mask(3, 5, 9);
  const Forward f = in.run();
  const scaled_dot::Forward g = scaled_dot::forward(in.queries, in.keys, in.values, in.mask, 0.5);
  CHECK(close(f.attention.context, g.context, 0.0));
  CHECK(close(f.attention.weights, g.weights, 0.0));
  const scaled_dot::Backward d =
      scaled_dot::backward(in.queries, in.keys, in.values, 0.5, g, in.d_context);
  CHECK(close(in.back().positioned.d_q, d.d_queries, 0.0));
  CHECK(close(in.back().positioned.d_k, d.d_keys, 0.0));
  CHECK(in.how.plain());
  CHECK_FALSE(Inputs().how.plain());
}

TEST_CASE("extended_dot: a bias of 0 and -inf is a mask", "[extended_dot][law]") {
  Inputs in;
  in.how.positions = {};
  in.how.scoring.softcap.reset();
  in.mask = mask::full(3, 5);
  const Mask hidden = random_mask(3, 5, 10);
  in.how.scoring.bias = zeros(3, 5);
  for (std::size_t i = 0; i < hidden.size(); ++i) {
    if (!hidden.data()[i]) in.how.scoring.bias.data()[i] = -inf;
  }
  const scaled_dot::Forward g = scaled_dot::forward(in.queries, in.keys, in.values, hidden, 0.7);
  CHECK(close(in.run().attention.weights, g.weights, 0.0));
}

TEST_CASE("extended_dot: a row that the bias hides whole has weights, context and gradients of 0",
          "[extended_dot][law]") {
  Inputs in;
  for (std::size_t j = 0; j < 7; ++j) in.how.scoring.bias(1, j) = -inf;
  const Forward f = in.run();
  const Backward b = in.back();
  for (std::size_t j = 0; j < 7; ++j) {
    CHECK(f.attention.weights(1, j) == 0.0);
    CHECK(b.attention.d_bias(1, j) == 0.0);
    CHECK(b.attention.d_scores(1, j) == 0.0);
  }
  for (std::size_t d = 0; d < 2; ++d) CHECK(f.attention.context(1, d) == 0.0);
  for (std::size_t d = 0; d < 4; ++d) CHECK(b.positioned.d_q(1, d) == 0.0);
}

TEST_CASE("extended_dot: the same number added to a whole row changes nothing, and gets nothing",
          "[extended_dot][law]") {
  Inputs in;
  const Forward f = in.run();
  const Backward b = in.back();
  for (std::size_t j = 0; j < 7; ++j) in.how.scoring.bias(2, j) += 3.0;
  CHECK(close(in.run().attention.weights, f.attention.weights, 1e-14));
  for (std::size_t i = 0; i < 3; ++i) {
    double sum = 0.0;
    for (std::size_t j = 0; j < 7; ++j) sum += b.attention.d_bias(i, j);
    CHECK(close(sum, 0.0, 1e-14));
  }
}

TEST_CASE("extended_dot: what a cap hides is hidden still, since the mask comes after it",
          "[extended_dot][law]") {
  const Mat queries{{1.0}}, keys{{4.0}, {1.0}, {0.0}}, values{{1.0}, {2.0}, {3.0}};
  const How how{.scoring = {.scale = 1.0, .softcap = 2.0}, .positions = {}};
  // c tanh(s / c) of 4, 1 and 0 for c = 2: tanh 2 = 0.96402758, tanh 0.5 = 0.46211716
  const Forward f = forward(queries, keys, values, mask::full(1, 3), how);
  CHECK(close(f.attention.capped, Mat{{1.9280551601516338, 0.9242343145200195, 0.0}}, 1e-15));
  const Forward g = forward(queries, keys, values, Mask{{true, true, false}}, how);
  CHECK(g.attention.weights(0, 2) == 0.0);
}

TEST_CASE("extended_dot: a past is the same as to have given all keys at once",
          "[extended_dot][law]") {
  // Six words in causal order at once, or the last two after the first four: the same last rows.
  const Mat q = random_mat(6, 4, 20), k = random_mat(6, 4, 21), v = random_mat(6, 3, 22);
  How whole{.scoring = {.scale = 0.5}, .positions = {.rope = rope::Rope{}}};
  const Forward all = forward(q, k, v, mask::causal(6, 6), whole);
  How how = whole;
  how.positions.past_keys = first_rows(all.positioned.k_rotated, 4);
  how.positions.past_values = first_rows(v, 4);
  const auto last = [](const Mat& m) { return past_keys::part(m, 4, 2); };
  const Forward f = forward(last(q), last(k), last(v), mask::causal(2, 6, 4), how);
  CHECK(close(f.attention.context, last(all.attention.context), 1e-15));
  CHECK(close(f.positioned.all_keys, all.positioned.k_rotated, 0.0));
}

TEST_CASE("extended_dot: gradients agree with central differences", "[extended_dot][gradient]") {
  Inputs in;
  in.how.scoring.bias(0, 1) = -inf;
  in.mask(2, 3) = false;
  const Backward b = in.back();
  const auto loss = [&] { return inner(in.run().attention.context, in.d_context); };
  CHECK(check_gradient(loss, in.queries, b.positioned.d_q));
  CHECK(check_gradient(loss, in.keys, b.positioned.d_k));
  CHECK(check_gradient(loss, in.values, b.positioned.d_v));
  CHECK(check_gradient(loss, in.how.positions.past_keys, b.positioned.d_past_keys));
  CHECK(check_gradient(loss, in.how.positions.past_values, b.positioned.d_past_values));
  in.how.scoring.bias(0, 1) = -30.0;  // as good as hidden, and a number
  CHECK(check_gradient(loss, in.how.scoring.bias, in.back().attention.d_bias));
}

TEST_CASE("extended_dot: errors name the tensor and what was expected", "[extended_dot][errors]") {
  Inputs in;
  in.how.scoring.bias = zeros(3, 5);
  CHECK(message_of<ShapeError>([&] { in.run(); }) ==
        "bias has shape (3, 5), expected (3, 7), that is (Tq, Tk): one entry for each score");
  in = {};
  in.how.positions.past_keys = zeros(2, 3);
  CHECK(message_of<ShapeError>([&] { in.run(); }) ==
        "past has shape (2, 3), expected (2, 4), that is (Tp, d): as wide as what is new");
  in = {};
  in.mask = mask::full(3, 5);
  CHECK(message_of<ShapeError>([&] { in.run(); }) ==
        "mask has shape (3, 5), expected (3, 7), that is (Tq, Tk): one entry for each query and "
        "key");
}

}  // namespace attn::extended_dot
