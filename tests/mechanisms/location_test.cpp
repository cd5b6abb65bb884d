#include "attn/mechanisms/location.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/close.hpp"
#include "tests/support/fixture.hpp"
#include "tests/support/message.hpp"
#include "tests/support/permute.hpp"
#include "tests/support/random.hpp"

namespace attn::location {
using namespace attn::test;

TEST_CASE("location: position j is scored by row j of W_a alone", "[location][law]") {
  const Mat queries = random_mat(3, 2, 1);
  const Mat W_a = random_mat(5, 2, 2);
  const Order order{3, 0, 4, 1, 2};
  CHECK(close(forward({permute_rows(W_a, order)}, queries).scores,
              permute_columns(forward({W_a}, queries).scores, order), 1e-14));
}

TEST_CASE("location: with the query [1] the scores are W_a", "[location][law]") {
  CHECK(close(forward({Mat{{2.0}, {-1.0}, {0.5}}}, Mat{{1.0}}).scores, Mat{{2.0, -1.0, 0.5}}, 0.0));
}

TEST_CASE("location: gradients agree with central differences", "[location][gradient]") {
  Params params{random_mat(5, 2, 3)};
  Mat queries = random_mat(3, 2, 4);
  const Mat d_scores = random_mat(3, 5, 5);
  const auto loss = [&] { return inner(forward(params, queries).scores, d_scores); };
  const Backward b = backward(params, queries, forward(params, queries), d_scores);
  CHECK(check_gradient(loss, params.W_a, b.d_W_a));
  CHECK(check_gradient(loss, queries, b.d_queries));
}

TEST_CASE("location: everything is as PyTorch computes it", "[location][reference]") {
  for (const Fixture& c : Fixture("location")["cases"].items()) {
    INFO(c.path());
    const Params params{c["W_a"].mat()};
    const Mat queries = c["queries"].mat();
    const Forward f = forward(params, queries);
    CHECK(fields_close(f, c["forward"], 1e-12));
    const Backward b = backward(params, queries, f, c["d_scores"].mat());
    CHECK(fields_close(b, c["backward"], 1e-12));
  }
}

TEST_CASE("location: errors name the tensor and what was expected", "[location][errors]") {
  CHECK(message_of<ShapeError>([] { forward({zeros(5, 2)}, zeros(3, 4)); }) ==
        "W_a has shape (5, 2), expected (5, 4), that is (Tk, dq): one column for each entry of a "
        "query");
  CHECK(message_of<ShapeError>([] { forward({zeros(0, 2)}, zeros(3, 2)); }) ==
        "W_a has shape (0, 2): axis Tk is empty");
  CHECK(message_of<ShapeError>([] { forward({zeros(5, 2)}, zeros(0, 2)); }) ==
        "queries has shape (0, 2): axis Tq is empty");
  CHECK(message_of<ShapeError>([] {
          const Params params{zeros(5, 2)};
          backward(params, zeros(3, 2), forward(params, zeros(3, 2)), zeros(5, 3));
        }) ==
        "d_scores has shape (5, 3), expected (3, 5), that is (Tq, Tk): the shape of the scores");
}

}  // namespace attn::location
