#include "attn/mechanisms/hard_argmax.hpp"

#include <catch2/catch_test_macros.hpp>

#include "attn/core/softmax.hpp"
#include "tests/support/close.hpp"
#include "tests/support/fixture.hpp"
#include "tests/support/message.hpp"
#include "tests/support/permute.hpp"
#include "tests/support/random.hpp"

namespace attn::hard_argmax {
using namespace attn::test;

TEST_CASE("hard_argmax: the context is the value with the largest weight", "[hard_argmax][law]") {
  const Forward f =
      forward(Mat{{0.2, 0.5, 0.3}, {0.6, 0.3, 0.1}}, Mat{{1.0, 2.0}, {3.0, 4.0}, {5.0, 6.0}});
  CHECK(close(f.choice, Mat{{0.0, 1.0, 0.0}, {1.0, 0.0, 0.0}}, 0.0));
  CHECK(close(f.context, Mat{{3.0, 4.0}, {1.0, 2.0}}, 0.0));
}

TEST_CASE("hard_argmax: of equal weights the first is chosen", "[hard_argmax][law]") {
  CHECK(close(forward(Mat{{0.1, 0.3, 0.3, 0.3}}, zeros(4, 1)).choice, Mat{{0.0, 1.0, 0.0, 0.0}},
              0.0));
}

TEST_CASE("hard_argmax: a query that may see nothing chooses nothing", "[hard_argmax][law]") {
  const Forward f = forward(Mat{{0.0, 0.0, 0.0}, {0.0, 0.0, 1.0}}, random_mat(3, 2, 1));
  CHECK(close(f.choice, Mat{{0.0, 0.0, 0.0}, {0.0, 0.0, 1.0}}, 0.0));
  CHECK(f.context(0, 0) == 0.0);
}

TEST_CASE("hard_argmax: soft attention comes to it as the scores grow", "[hard_argmax][law]") {
  const Mat scores = random_mat(4, 6, 2);
  const Mat values = random_mat(6, 3, 3);
  const Mat sharp = softmax(Mat(1e4 * scores));
  CHECK(close(forward(softmax(scores), values).choice, sharp, 1e-12));
}

TEST_CASE("hard_argmax: the choice follows the keys when these are permuted",
          "[hard_argmax][law]") {
  const Mat weights = softmax(random_mat(3, 5, 4));
  const Mat values = random_mat(5, 2, 5);
  const Order order{3, 0, 4, 1, 2};
  const Forward f = forward(weights, values);
  const Forward g = forward(permute_columns(weights, order), permute_rows(values, order));
  CHECK(close(g.choice, permute_columns(f.choice, order), 0.0));
  CHECK(close(g.context, f.context, 0.0));
}

TEST_CASE("hard_argmax: gradients agree with central differences, and weights have none",
          "[hard_argmax][gradient]") {
  Mat weights = softmax(random_mat(3, 5, 6));
  Mat values = random_mat(5, 2, 7);
  const Mat d_context = random_mat(3, 2, 8);
  const auto loss = [&] { return inner(forward(weights, values).context, d_context); };
  const Backward b = backward(forward(weights, values), d_context);
  CHECK(check_gradient(loss, values, b.d_values));
  CHECK(check_gradient(loss, weights, zeros(3, 5)));
}

TEST_CASE("hard_argmax: everything is as NumPy and PyTorch compute it",
          "[hard_argmax][reference]") {
  for (const Fixture& c : Fixture("hard_argmax")["cases"].items()) {
    INFO(c.path());
    const Forward f = forward(c["weights"].mat(), c["values"].mat());
    CHECK(fields_close(f, c["forward"], 1e-12));
    CHECK(fields_close(backward(f, c["d_context"].mat()), c["backward"], 1e-12));
  }
}

TEST_CASE("hard_argmax: errors name the tensor and what was expected", "[hard_argmax][errors]") {
  CHECK(message_of<ShapeError>([] { forward(zeros(2, 0), zeros(0, 3)); }) ==
        "weights has shape (2, 0): axis Tk is empty");
  CHECK(message_of<ShapeError>([] { forward(zeros(2, 4), zeros(3, 2)); }) ==
        "values has shape (3, 2), expected (4, 2), that is (Tk, dv): each key has one value");
  CHECK(message_of<ShapeError>([] { backward(forward(zeros(2, 4), zeros(4, 3)), zeros(3, 2)); }) ==
        "d_context has shape (3, 2), expected (2, 3), that is (Tq, dv): the shape of the context");
}

}  // namespace attn::hard_argmax
