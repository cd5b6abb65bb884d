#include "attn/mechanisms/dot.hpp"

#include <catch2/catch_test_macros.hpp>

#include "attn/mechanisms/mask.hpp"
#include "attn/mechanisms/pooling.hpp"
#include "attn/mechanisms/scale.hpp"
#include "attn/mechanisms/scaled_dot.hpp"
#include "tests/support/close.hpp"
#include "tests/support/fixture.hpp"
#include "tests/support/message.hpp"
#include "tests/support/permute.hpp"
#include "tests/support/random.hpp"

namespace attn::dot {
using namespace attn::test;

TEST_CASE("dot: scores follow the keys when these are permuted", "[dot][law]") {
  const Mat queries = random_mat(3, 4, 1);
  const Mat keys = random_mat(5, 4, 2);
  const Order order{3, 0, 4, 1, 2};
  CHECK(close(forward(queries, permute_rows(keys, order)).scores,
              permute_columns(forward(queries, keys).scores, order), 1e-14));
}

TEST_CASE("dot: a query at right angles to a key scores 0", "[dot][law]") {
  const Mat queries{{1.0, 2.0, -1.0}};
  const Mat keys{{2.0, -1.0, 0.0}, {1.0, 1.0, 3.0}};
  CHECK(close(forward(queries, keys).scores, Mat{{0.0, 0.0}}, 0.0));
}

TEST_CASE("dot: with scale 1/sqrt(dk) and pooling it is scaled dot-product attention",
          "[dot][law]") {
  const Mat queries = random_mat(3, 4, 3);
  const Mat keys = random_mat(5, 4, 4);
  const Mat values = random_mat(5, 2, 5);
  const Mask mask = random_mask(3, 5, 6);
  const double scale = scale::sqrt_dk(4);
  const Forward scored = forward(queries, keys, scale);
  const pooling::Forward pooled = pooling::forward(scored.scores, values, mask);
  const scaled_dot::Forward whole = scaled_dot::forward(queries, keys, values, mask, scale);
  CHECK(close(scored.scores, whole.scaled, 1e-15));
  CHECK(close(pooled.weights, whole.weights, 1e-15));
  CHECK(close(pooled.context, whole.context, 1e-15));
}

TEST_CASE("dot: gradients agree with central differences", "[dot][gradient]") {
  Mat queries = random_mat(3, 4, 7);
  Mat keys = random_mat(5, 4, 8);
  const Mat d_scores = random_mat(3, 5, 9);
  const double scale = 0.7;
  const auto loss = [&] { return inner(forward(queries, keys, scale).scores, d_scores); };
  const Backward b = backward(queries, keys, scale, forward(queries, keys, scale), d_scores);
  CHECK(check_gradient(loss, queries, b.d_queries));
  CHECK(check_gradient(loss, keys, b.d_keys));
}

TEST_CASE("dot: everything is as PyTorch computes it", "[dot][reference]") {
  for (const Fixture& c : Fixture("dot")["cases"].items()) {
    INFO(c.path());
    const Mat queries = c["queries"].mat();
    const Mat keys = c["keys"].mat();
    const double scale = c["scale"].number();
    const Forward f = forward(queries, keys, scale);
    CHECK(fields_close(f, c["forward"], 1e-12));
    const Backward b = backward(queries, keys, scale, f, c["d_scores"].mat());
    CHECK(fields_close(b, c["backward"], 1e-12));
  }
}

TEST_CASE("dot: q = [1, 2] against [2, 1] and [1, 0] scores 4 and 1", "[dot][reference]") {
  const Forward f = forward(Mat{{1.0, 2.0}}, Mat{{2.0, 1.0}, {1.0, 0.0}});
  CHECK(close(f.scores, Mat{{4.0, 1.0}}, 0.0));
  const Mat values{{1.0, 1.0}, {2.0, 0.0}};
  const pooling::Forward pooled = pooling::forward(f.scores, values, mask::full(1, 2));
  CHECK(close(pooled.weights, Mat{{0.952574, 0.047426}}, 5e-7));
  CHECK(close(pooled.context, Mat{{1.047426, 0.952574}}, 5e-7));
}

TEST_CASE("dot: errors name the tensor and what was expected", "[dot][errors]") {
  CHECK(message_of<ShapeError>([] { forward(zeros(1, 2), zeros(4, 3)); }) ==
        "keys has shape (4, 3), expected (4, 2), that is (Tk, dk): keys are as wide as queries");
  CHECK(message_of<ShapeError>([] { forward(zeros(0, 2), zeros(4, 2)); }) ==
        "queries has shape (0, 2): axis Tq is empty");
  CHECK(message_of<ShapeError>([] { forward(zeros(1, 0), zeros(4, 0)); }) ==
        "queries has shape (1, 0): axis dk is empty");
  CHECK(message_of<ShapeError>([] { forward(zeros(1, 2), zeros(0, 2)); }) ==
        "keys has shape (0, 2): axis Tk is empty");
  CHECK(message_of<ShapeError>([] {
          const Mat queries = zeros(1, 2);
          const Mat keys = zeros(4, 2);
          backward(queries, keys, 1.0, forward(queries, keys), zeros(4, 1));
        }) ==
        "d_scores has shape (4, 1), expected (1, 4), that is (Tq, Tk): the shape of the scores");
}

}  // namespace attn::dot
