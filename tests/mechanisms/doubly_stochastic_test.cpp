#include "attn/mechanisms/doubly_stochastic.hpp"

#include <catch2/catch_test_macros.hpp>

#include "attn/core/softmax.hpp"
#include "tests/support/close.hpp"
#include "tests/support/fixture.hpp"
#include "tests/support/message.hpp"
#include "tests/support/random.hpp"

namespace attn::doubly_stochastic {
using namespace attn::test;

TEST_CASE("doubly_stochastic: nothing is lost where each location gets 1 in all",
          "[doubly_stochastic][law]") {
  const Forward f = forward(Mat{{0.5, 0.25, 0.25}, {0.25, 0.5, 0.25}, {0.25, 0.25, 0.5}}, 3.0);
  CHECK(close(f.attention, Vec{1.0, 1.0, 1.0}, 0.0));
  CHECK(f.penalty == 0.0);
}

TEST_CASE("doubly_stochastic: two words at one place, worked by hand",
          "[doubly_stochastic][reference]") {
  const Mat weights{{1.0, 0.0, 0.0}, {0.75, 0.25, 0.0}};
  const Forward f = forward(weights, 2.0);
  CHECK(close(f.missing, Vec{-0.75, 0.75, 1.0}, 0.0));
  CHECK(f.penalty == 2.0 * (0.5625 + 0.5625 + 1.0));
  const Backward b = backward(weights, 2.0, f);
  CHECK(close(b.d_weights, Mat{{3.0, -3.0, -4.0}, {3.0, -3.0, -4.0}}, 0.0));
}

TEST_CASE("doubly_stochastic: with fewer words than locations some of it always remains",
          "[doubly_stochastic][law]") {
  const Mat weights = softmax(random_mat(3, 9, 1));
  CHECK(forward(weights, 1.0).penalty >= 9.0 * (1.0 - 3.0 / 9.0) * (1.0 - 3.0 / 9.0));
  CHECK(forward(weights, 0.0).penalty == 0.0);
}

TEST_CASE("doubly_stochastic: gradients agree with central differences",
          "[doubly_stochastic][gradient]") {
  Mat weights = softmax(random_mat(3, 5, 2));
  const auto loss = [&] { return forward(weights, 0.7).penalty; };
  const Backward b = backward(weights, 0.7, forward(weights, 0.7));
  CHECK(check_gradient(loss, weights, b.d_weights));
}

TEST_CASE("doubly_stochastic: everything is as PyTorch computes it",
          "[doubly_stochastic][reference]") {
  for (const Fixture& c : Fixture("doubly_stochastic")["cases"].items()) {
    INFO(c.path());
    const Mat weights = c["weights"].mat();
    const Forward f = forward(weights, c["lambda"].number());
    CHECK(fields_close(f, c["forward"], 1e-12));
    CHECK(fields_close(backward(weights, c["lambda"].number(), f), c["backward"], 1e-12));
  }
}

TEST_CASE("doubly_stochastic: a lambda at the end of double precision gives what a number can hold",
          "[doubly_stochastic][law]") {
  // attention 3/4 and 5/4: missing +-1/4, penalty 2 lambda / 16, gradient -+ lambda / 2
  const Mat weights{{0.25, 0.75}, {0.5, 0.5}};
  for (const double lambda : {0x1p-1000, 0x1p1023}) {
    const Forward f = forward(weights, lambda);
    CHECK(f.penalty == lambda / 8.0);
    CHECK(close(backward(weights, lambda, f).d_attention, Vec{-lambda / 2.0, lambda / 2.0}, 0.0));
  }
}

TEST_CASE("doubly_stochastic: errors name the tensor and what was expected",
          "[doubly_stochastic][errors]") {
  CHECK(message_of<ShapeError>([] { forward(zeros(0, 4), 1.0); }) ==
        "weights has shape (0, 4): axis Ty is empty");
  CHECK(message_of<ShapeError>([] { backward(zeros(2, 3), 1.0, forward(zeros(2, 4), 1.0)); }) ==
        "weights has shape (2, 3), expected (2, 4), that is (Ty, Tk): the weights of the forward "
        "pass");
}

}  // namespace attn::doubly_stochastic
