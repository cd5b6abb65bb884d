#include "attn/mechanisms/perceptron.hpp"

#include <catch2/catch_test_macros.hpp>

#include "attn/core/softmax.hpp"
#include "attn/mechanisms/general.hpp"
#include "tests/support/close.hpp"
#include "tests/support/fixture.hpp"
#include "tests/support/message.hpp"
#include "tests/support/permute.hpp"
#include "tests/support/random.hpp"

namespace attn::perceptron {
using namespace attn::test;

TEST_CASE("perceptron: scores follow the keys when these are permuted", "[perceptron][law]") {
  const Params params{random_mat(2, 4, 1), random_vec(4, 2)};
  const Mat queries = random_mat(3, 2, 3);
  const Mat keys = random_mat(5, 4, 4);
  const Order order{3, 0, 4, 1, 2};
  CHECK(close(forward(params, queries, permute_rows(keys, order)).scores,
              permute_columns(forward(params, queries, keys).scores, order), 1e-14));
}

TEST_CASE("perceptron: with b = 0 it is the general score", "[perceptron][law]") {
  const Mat W = random_mat(2, 4, 5);
  const Mat queries = random_mat(3, 2, 6);
  const Mat keys = random_mat(5, 4, 7);
  CHECK(close(forward({W, zeros(4)}, queries, keys).scores,
              general::forward({W}, queries, keys).scores, 1e-14));
}

TEST_CASE("perceptron: gradients agree with central differences", "[perceptron][gradient]") {
  Params params{random_mat(2, 4, 8), random_vec(4, 9)};
  Mat queries = random_mat(3, 2, 10);
  Mat keys = random_mat(5, 4, 11);
  const Mat d_scores = random_mat(3, 5, 12);
  const auto loss = [&] { return inner(forward(params, queries, keys).scores, d_scores); };
  const Backward b = backward(params, queries, keys, forward(params, queries, keys), d_scores);
  CHECK(check_gradient(loss, params.W, b.d_W));
  CHECK(check_gradient(loss, params.b, b.d_b));
  CHECK(check_gradient(loss, queries, b.d_queries));
  CHECK(check_gradient(loss, keys, b.d_keys));
}

TEST_CASE("perceptron: everything is as PyTorch computes it", "[perceptron][reference]") {
  for (const Fixture& c : Fixture("perceptron")["cases"].items()) {
    INFO(c.path());
    const Params params{c["W"].mat(), c["b"].vec()};
    const Mat queries = c["queries"].mat();
    const Mat keys = c["keys"].mat();
    const Forward f = forward(params, queries, keys);
    CHECK(fields_close(f, c["forward"], 1e-12));
    const Backward b = backward(params, queries, keys, f, c["d_scores"].mat());
    CHECK(fields_close(b, c["backward"], 1e-12));
  }
}

TEST_CASE("perceptron: [1, 2] times [[1, 1], [0, 1]] is [1, 3], which scores 5 and 1",
          "[perceptron][reference]") {
  const Params params{Mat{{1.0, 1.0}, {0.0, 1.0}}, Vec{0.0, 0.0}};
  const Forward f = forward(params, Mat{{1.0, 2.0}}, Mat{{2.0, 1.0}, {1.0, 0.0}});
  CHECK(close(f.projected, Mat{{1.0, 3.0}}, 0.0));
  CHECK(close(f.scores, Mat{{5.0, 1.0}}, 0.0));
  CHECK(close(softmax(f.scores), Mat{{0.982014, 0.017986}}, 5e-7));
}

TEST_CASE("perceptron: errors name the tensor and what was expected", "[perceptron][errors]") {
  const Params params{zeros(2, 4), zeros(4)};
  CHECK(message_of<ShapeError>([&] { forward(params, zeros(3, 4), zeros(5, 2)); }) ==
        "W has shape (2, 4), expected (4, 2), that is (dq, dk): it takes a query to the width of "
        "a key");
  CHECK(message_of<ShapeError>([&] {
          forward({zeros(2, 4), zeros(2)}, zeros(3, 2), zeros(5, 4));
        }) == "b has shape (2), expected (4), that is (dk): one entry for each column of W");
  CHECK(message_of<ShapeError>([&] { forward(params, zeros(0, 2), zeros(5, 4)); }) ==
        "queries has shape (0, 2): axis Tq is empty");
  CHECK(message_of<ShapeError>([&] {
          const Forward f = forward(params, zeros(3, 2), zeros(5, 4));
          backward(params, zeros(3, 2), zeros(5, 4), f, zeros(5, 3));
        }) ==
        "d_scores has shape (5, 3), expected (3, 5), that is (Tq, Tk): the shape of the scores");
}

}  // namespace attn::perceptron
