#include "attn/mechanisms/scaling_study.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>

#include "tests/support/close.hpp"
#include "tests/support/message.hpp"

using namespace attn;
using namespace attn::scaling_study;
using namespace attn::test;

TEST_CASE("scaling study: every number is NumPy's, from the same draws",
          "[scaling_study][reference]") {
  for (const Fixture& c : Fixture("scaling_study")["cases"].items()) {
    Config config;
    config.widths.clear();
    for (const std::uint64_t width : c["widths"].integers()) config.widths.push_back(width);
    config.keys = c["keys"].integer();
    config.samples = c["samples"].integer();
    config.seed = c["seed"].integer();
    CHECK(fields_close(study(config), c["result"], 1e-12));
  }
}

TEST_CASE("scaling study: scores spread as the square root of dk, scaled scores as 1",
          "[scaling_study][law]") {
  const Result r = study({{1, 4, 16, 64}, 8, 2000, 5});
  for (std::size_t n = 0; n < 4; ++n) {
    CHECK(std::abs(r.raw_spread(n) / r.expected_spread(n) - 1.0) < 0.05);
    CHECK(std::abs(r.scaled_spread(n) - 1.0) < 0.05);
  }
}

TEST_CASE(
    "scaling study: without scaling, entropy and gradient vanish as dk grows, with it they stay",
    "[scaling_study][law]") {
  const Result r = study({{4, 64, 1024}, 8, 300, 6});
  for (std::size_t n = 1; n < 3; ++n) {
    CHECK(r.raw_entropy(n) < 0.6 * r.raw_entropy(n - 1));
    CHECK(r.raw_jacobian(n) < 0.6 * r.raw_jacobian(n - 1));
    CHECK(r.raw_largest(n) > r.raw_largest(n - 1));
    CHECK(std::abs(r.scaled_entropy(n) - r.scaled_entropy(0)) < 0.1);
    CHECK(std::abs(r.scaled_jacobian(n) - r.scaled_jacobian(0)) < 0.05);
    CHECK(std::abs(r.scaled_largest(n) - r.scaled_largest(0)) < 0.05);
  }
  CHECK(r.uniform_entropy > r.scaled_entropy(0));
}

TEST_CASE("scaling study: with dk = 1 there is nothing to scale", "[scaling_study][law]") {
  const Result r = study({{1}, 5, 10, 7});
  CHECK(close(r.raw_spread, r.scaled_spread, 0.0));
  CHECK(close(r.raw_jacobian, r.scaled_jacobian, 0.0));
}

TEST_CASE("scaling study: a width's row does not depend on the other widths",
          "[scaling_study][law]") {
  const Result alone = study({{9}, 5, 10, 7});
  const Result third = study({{2, 30, 9}, 5, 10, 7});
  CHECK(alone.raw_entropy(0) == third.raw_entropy(2));
  CHECK(alone.scaled_spread(0) == third.scaled_spread(2));
}

TEST_CASE("scaling study: the entropy of one key is 0 and that of n equal ones log n",
          "[scaling_study][law]") {
  const Vec expected{0.0, std::log(4.0), std::log(2.0), 0.0};
  CHECK(close(entropy(Mat{{0.0, 1.0, 0.0, 0.0},
                          {0.25, 0.25, 0.25, 0.25},
                          {0.5, 0.0, 0.0, 0.5},
                          {0.0, 0.0, 0.0, 0.0}}),
              expected, 1e-15));
}

TEST_CASE(
    "scaling study: the norm of the Jacobian is known for one key, for two and for equal ones",
    "[scaling_study][law]") {
  // One key has all: 0. Weights p, 1 - p: every entry is +-p (1 - p), so the norm is 2 p (1 - p).
  // All 1/n: sqrt(n - 1) / n.
  CHECK(close(
      jacobian_norm(Mat{{1.0, 0.0, 0.0, 0.0}, {0.2, 0.0, 0.8, 0.0}, {0.25, 0.25, 0.25, 0.25}}),
      Vec{0.0, 0.32, std::sqrt(3.0) / 4.0}, 1e-15));
}

TEST_CASE("scaling study: the norm of the Jacobian keeps its digits where one key has almost all",
          "[scaling_study][law]") {
  const double rest = 1e-30;
  CHECK(std::abs(jacobian_norm(Mat{{1.0, rest}})(0) / (2.0 * rest) - 1.0) < 1e-14);
}

TEST_CASE("scaling study: the Jacobian's norm of a softmax that is almost certain does not vanish",
          "[scaling_study][law]") {
  // a (1 - a) in each of the four entries: the norm is 2 a (1 - a)
  for (const double a : {0x1p-100, 0x1p-600, 0x1p-1000}) {
    CHECK(relatively_close(jacobian_norm(Mat{{1.0, a}}), Vec{2.0 * a}, 1e-15));
  }
}

TEST_CASE("scaling study: a study of nothing is refused", "[scaling_study][errors]") {
  const auto message = [](const Config& config) {
    return message_of<std::invalid_argument>([&] { study(config); });
  };
  CHECK(message({{}, 8, 10, 1}) == "there are no widths to study");
  CHECK(message({{4, 0}, 8, 10, 1}) == "a width is 0, expected at least 1");
  CHECK(message({{4}, 0, 10, 1}) == "there are no keys, expected at least 1");
  CHECK(message({{4}, 8, 0, 1}) == "there are no samples, expected at least 1");
}
