#include "attn/mechanisms/expected_loss.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/close.hpp"
#include "tests/support/fixture.hpp"
#include "tests/support/message.hpp"
#include "tests/support/random.hpp"

namespace attn::expected_loss {
using namespace attn::test;

TEST_CASE("expected_loss: equal scores give the mean of the losses", "[expected_loss][law]") {
  CHECK(close(forward(Vec{2.0, 2.0, 2.0, 2.0}, Vec{1.0, 2.0, 3.0, 6.0}).expected, 3.0, 1e-15));
}

TEST_CASE(
    "expected_loss: the gradient of the scores sums to 0, and is 0 where all losses are equal",
    "[expected_loss][law]") {
  const Vec scores = random_vec(6, 1);
  const Vec losses = random_vec(6, 2);
  double sum = 0.0;
  for (const double d : backward(losses, forward(scores, losses)).d_scores) sum += d;
  CHECK(close(sum, 0.0, 1e-15));
  Vec equal = zeros(6);
  equal.fill(1.5);
  CHECK(close(backward(equal, forward(scores, equal)).d_scores, zeros(6), 1e-15));
}

TEST_CASE("expected_loss: gradients agree with central differences", "[expected_loss][gradient]") {
  Vec scores = random_vec(6, 3);
  Vec losses = random_vec(6, 4);
  const auto loss = [&] { return forward(scores, losses).expected; };
  const Backward b = backward(losses, forward(scores, losses));
  CHECK(check_gradient(loss, scores, b.d_scores));
  CHECK(check_gradient(loss, losses, b.d_losses));
}

TEST_CASE("expected_loss: everything is as PyTorch computes it", "[expected_loss][reference]") {
  for (const Fixture& c : Fixture("expected_loss")["cases"].items()) {
    INFO(c.path());
    const Vec losses = c["losses"].vec();
    const Forward f = forward(c["scores"].vec(), losses);
    CHECK(fields_close(f, c["forward"], 1e-12));
    CHECK(fields_close(backward(losses, f), c["backward"], 1e-12));
  }
}

TEST_CASE(
    "expected_loss: where a location is almost certain each gradient is right relative to itself",
    "[expected_loss][reference]") {
  for (const Fixture& c : Fixture("saturated")["rows"].items()) {
    INFO(c.path());
    const Vec losses = c["d_weights"].vec();
    const Backward b = backward(losses, forward(c["scores"].vec(), losses));
    CHECK(relatively_close(b.d_scores, c["d_scores"].vec(), 1e-12));
  }
}

TEST_CASE("expected_loss: errors name the tensor and what was expected",
          "[expected_loss][errors]") {
  CHECK(message_of<ShapeError>([] { forward(zeros(0), zeros(0)); }) ==
        "scores has shape (0): axis L is empty");
  CHECK(message_of<ShapeError>([] { forward(zeros(3), zeros(2)); }) ==
        "losses has shape (2), expected (3), that is (L): one loss for each location");
  CHECK(message_of<ShapeError>([] { backward(zeros(2), forward(zeros(3), zeros(3))); }) ==
        "losses has shape (2), expected (3), that is (L): one loss for each location");
}

}  // namespace attn::expected_loss
