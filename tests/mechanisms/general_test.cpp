#include "attn/mechanisms/general.hpp"

#include <catch2/catch_test_macros.hpp>

#include "attn/mechanisms/dot.hpp"
#include "tests/support/close.hpp"
#include "tests/support/fixture.hpp"
#include "tests/support/message.hpp"
#include "tests/support/permute.hpp"
#include "tests/support/random.hpp"

namespace attn::general {
using namespace attn::test;

TEST_CASE("general: scores follow the keys when these are permuted", "[general][law]") {
  const Params params{random_mat(2, 4, 1)};
  const Mat queries = random_mat(3, 2, 2);
  const Mat keys = random_mat(5, 4, 3);
  const Order order{3, 0, 4, 1, 2};
  CHECK(close(forward(params, queries, permute_rows(keys, order)).scores,
              permute_columns(forward(params, queries, keys).scores, order), 1e-14));
}

TEST_CASE("general: with the identity for W_a it is the dot product", "[general][law]") {
  const Params params{Mat{{1.0, 0.0, 0.0}, {0.0, 1.0, 0.0}, {0.0, 0.0, 1.0}}};
  const Mat queries = random_mat(2, 3, 4);
  const Mat keys = random_mat(5, 3, 5);
  CHECK(close(forward(params, queries, keys).scores, dot::forward(queries, keys).scores, 1e-14));
}

TEST_CASE("general: gradients agree with central differences", "[general][gradient]") {
  Params params{random_mat(2, 4, 6)};
  Mat queries = random_mat(3, 2, 7);
  Mat keys = random_mat(5, 4, 8);
  const Mat d_scores = random_mat(3, 5, 9);
  const auto loss = [&] { return inner(forward(params, queries, keys).scores, d_scores); };
  const Backward b = backward(params, queries, keys, forward(params, queries, keys), d_scores);
  CHECK(check_gradient(loss, params.W_a, b.d_W_a));
  CHECK(check_gradient(loss, queries, b.d_queries));
  CHECK(check_gradient(loss, keys, b.d_keys));
}

TEST_CASE("general: everything is as PyTorch computes it", "[general][reference]") {
  for (const Fixture& c : Fixture("general")["cases"].items()) {
    INFO(c.path());
    const Params params{c["W_a"].mat()};
    const Mat queries = c["queries"].mat();
    const Mat keys = c["keys"].mat();
    const Forward f = forward(params, queries, keys);
    CHECK(fields_close(f, c["forward"], 1e-12));
    const Backward b = backward(params, queries, keys, f, c["d_scores"].mat());
    CHECK(fields_close(b, c["backward"], 1e-12));
  }
}

TEST_CASE("general: errors name the tensor and what was expected", "[general][errors]") {
  const Params params{zeros(2, 4)};
  CHECK(message_of<ShapeError>([&] { forward(params, zeros(3, 2), zeros(5, 3)); }) ==
        "W_a has shape (2, 4), expected (2, 3), that is (dq, dk): it takes a query to the width "
        "of a key");
  CHECK(message_of<ShapeError>([&] { forward(params, zeros(3, 2), zeros(0, 4)); }) ==
        "keys has shape (0, 4): axis Tk is empty");
  CHECK(message_of<ShapeError>([&] { forward(params, zeros(3, 0), zeros(5, 4)); }) ==
        "queries has shape (3, 0): axis dq is empty");
  CHECK(message_of<ShapeError>([&] {
          const Forward f = forward(params, zeros(3, 2), zeros(5, 4));
          backward(params, zeros(3, 2), zeros(5, 4), f, zeros(5, 3));
        }) ==
        "d_scores has shape (5, 3), expected (3, 5), that is (Tq, Tk): the shape of the scores");
}

}  // namespace attn::general
