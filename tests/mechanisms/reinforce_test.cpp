#include "attn/mechanisms/reinforce.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>

#include "attn/core/softmax.hpp"
#include "attn/mechanisms/expected_loss.hpp"
#include "tests/support/close.hpp"
#include "tests/support/fixture.hpp"
#include "tests/support/message.hpp"
#include "tests/support/random.hpp"

namespace attn::reinforce {
using namespace attn::test;

namespace {
Vec some_losses(std::uint64_t seed) {
  Vec losses = random_vec(6, seed);
  for (double& loss : losses) loss = std::abs(loss) + 1.0;
  return losses;
}
}  // namespace

TEST_CASE("reinforce: on average it is the gradient of the expected loss, whatever the baseline",
          "[reinforce][gradient]") {
  const Vec scores = random_vec(6, 1);
  const Vec losses = some_losses(2);
  const expected_loss::Forward exact = expected_loss::forward(scores, losses);
  const Vec gradient = expected_loss::backward(losses, exact).d_scores;
  for (const double baseline : {0.0, exact.expected, -3.0, 10.0}) {
    CHECK(close(forward(exact.weights, losses, baseline).mean, gradient, 1e-14));
  }
}

TEST_CASE("reinforce: an estimate is the loss times the gradient of log p",
          "[reinforce][gradient]") {
  Vec scores = random_vec(6, 3);
  const Vec losses = some_losses(4);
  const Mat estimates =
      forward(expected_loss::forward(scores, losses).weights, losses, 0.5).estimates;
  for (std::size_t i = 0; i < 6; ++i) {
    const auto log_p = [&] {
      return (losses(i) - 0.5) * std::log(expected_loss::forward(scores, losses).weights(i));
    };
    Vec row = zeros(6);
    for (std::size_t k = 0; k < 6; ++k) row(k) = estimates(i, k);
    CHECK(check_gradient(log_p, scores, row));
  }
}

TEST_CASE("reinforce: no constant has a smaller variance than the best baseline",
          "[reinforce][law]") {
  const Vec losses = some_losses(5);
  const Vec weights = expected_loss::forward(random_vec(6, 6), losses).weights;
  const double best = best_baseline(weights, losses);
  const double lowest = forward(weights, losses, best).total_variance;
  for (const double off : {-1.0, -0.01, 0.01, 1.0}) {
    CHECK(forward(weights, losses, best + off).total_variance > lowest);
  }
}

TEST_CASE("reinforce: a constant added to all losses changes nothing once the baseline has it",
          "[reinforce][law]") {
  const Vec losses = some_losses(7);
  const Vec weights = expected_loss::forward(random_vec(6, 8), losses).weights;
  const Vec more = losses + 5.0;
  CHECK(
      close(forward(weights, more, 6.0).estimates, forward(weights, losses, 1.0).estimates, 1e-14));
  CHECK(forward(weights, more, 0.0).total_variance > forward(weights, losses, 0.0).total_variance);
}

TEST_CASE("reinforce: a single location leaves nothing to learn", "[reinforce][law]") {
  const Forward f = forward(Vec{1.0}, Vec{2.5}, 0.0);
  CHECK(close(f.estimates, Mat{{0.0}}, 0.0));
  CHECK(f.total_variance == 0.0);
  CHECK(best_baseline(Vec{1.0}, Vec{2.5}) == 0.0);
}

TEST_CASE("reinforce: every choice tried, as PyTorch does", "[reinforce][reference]") {
  for (const Fixture& c : Fixture("reinforce")["cases"].items()) {
    INFO(c.path());
    const Vec weights = c["weights"].vec();
    const Vec losses = c["losses"].vec();
    CHECK(fields_close(forward(weights, losses, c["baseline"].number()), c["forward"], 1e-12));
    CHECK(close(best_baseline(weights, losses), c["best_baseline"].number(), 1e-12));
  }
}

TEST_CASE("reinforce: where a location is almost certain the mean is right relative to itself",
          "[reinforce][reference]") {
  for (const Fixture& c : Fixture("saturated")["rows"].items()) {
    INFO(c.path());
    const Vec losses = c["d_weights"].vec();
    const Vec mean = forward(softmax(c["scores"].vec()), losses, 0.0).mean;
    CHECK(relatively_close(mean, c["d_scores"].vec(), 1e-12));
  }
}

TEST_CASE(
    "reinforce: the best baseline is in the unit of the losses, at either end of double precision",
    "[reinforce][law]") {
  const Vec scores = random_vec(6, 11), weights = softmax(scores), losses = some_losses(12) / 4.0;
  const double best = best_baseline(weights, losses);
  for (const double unit : {0x1p-1000, 0x1p1022}) {
    const Vec scaled = unit * losses;
    CHECK(relatively_close(best_baseline(weights, scaled), unit * best, 1e-15));
  }
}

TEST_CASE("reinforce: errors name the tensor and what was expected", "[reinforce][errors]") {
  CHECK(message_of<ShapeError>([] { forward(zeros(0), zeros(0), 0.0); }) ==
        "weights has shape (0): axis L is empty");
  CHECK(message_of<ShapeError>([] { forward(zeros(3), zeros(2), 0.0); }) ==
        "losses has shape (2), expected (3), that is (L): one loss for each location");
  CHECK(message_of<ShapeError>([] { best_baseline(zeros(3), zeros(4)); }) ==
        "losses has shape (4), expected (3), that is (L): one loss for each location");
}

}  // namespace attn::reinforce
