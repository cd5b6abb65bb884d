#include "attn/training/reinforce_study.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <stdexcept>

#include "tests/support/close.hpp"
#include "tests/support/message.hpp"
#include "tests/support/random.hpp"

using namespace attn;
using namespace attn::reinforce_study;
using namespace attn::test;

namespace {

const Vec scores{0.5, -1.0, 2.0, 0.0, 1.0};
const Vec losses{2.0, 3.5, 1.0, 2.5, 4.0};

}  // namespace

TEST_CASE("reinforce study: every number is NumPy's, from the same draws",
          "[reinforce_study][reference]") {
  for (const Fixture& c : Fixture("reinforce_study")["cases"].items()) {
    INFO(c.path());
    const Config config{c["samples"].integer(), c["seed"].integer(), c["decay"].number()};
    CHECK(fields_close(study(c["scores"].vec(), c["losses"].vec(), config), c["result"], 1e-11));
  }
}

TEST_CASE("reinforce study: means come to the exact gradient within their standard errors",
          "[reinforce_study][law]") {
  const Result r = study(scores, losses, {20000, 5, 0.9});
  for (std::size_t b = 0; b < baselines; ++b) {
    for (std::size_t k = 0; k < losses.size(); ++k) {
      CHECK(std::abs(r.mean(k, b) - r.exact_gradient(k)) < 4.0 * r.standard_error(k, b));
    }
    CHECK(std::abs(r.variance(b) / r.exact_variance(b) - 1.0) < 0.05);
  }
}

TEST_CASE("reinforce study: a baseline takes most of the variance away, the best one the most",
          "[reinforce_study][law]") {
  const Result r = study(scores, losses, {1000, 6, 0.9});
  CHECK(r.exact_variance(expected) < 0.5 * r.exact_variance(none));
  CHECK(r.exact_variance(best) <= r.exact_variance(expected));
  CHECK(r.exact_variance(moving) > r.exact_variance(best));
  CHECK(r.exact_variance(moving) < r.exact_variance(none));
}

TEST_CASE("reinforce study: a hundred times the draws give a tenth of the error",
          "[reinforce_study][law]") {
  const Result r = study(scores, losses, {100000, 7, 0.9});
  CHECK(close(r.averaged, Vec{1.0, 10.0, 100.0, 1000.0, 10000.0, 100000.0}, 0.0));
  for (std::size_t b = 0; b < baselines; ++b) {
    CHECK(close(r.expected_error(2, b), r.expected_error(0, b) / 10.0, 1e-12));
    CHECK(std::abs(r.error(2, b) / r.expected_error(2, b) - 1.0) < 0.1);
  }
}

TEST_CASE("reinforce study: the same seed draws the same, another seed something else",
          "[reinforce_study][law]") {
  const Result a = study(scores, losses, {50, 8, 0.9});
  const Result b = study(scores, losses, {50, 8, 0.9});
  const Result c = study(scores, losses, {50, 9, 0.9});
  CHECK(close(a.mean, b.mean, 0.0));
  CHECK_FALSE(close(a.mean, c.mean, 1e-6));
}

TEST_CASE("reinforce study: where all losses are equal there is no gradient to find",
          "[reinforce_study][law]") {
  const Result r = study(scores, Vec{2.0, 2.0, 2.0, 2.0, 2.0}, {100, 1, 0.9});
  CHECK(r.length < 1e-14);
  CHECK(r.exact_variance(none) > 1.0);
  CHECK(r.exact_variance(expected) < 1e-28);
}

TEST_CASE("reinforce study: one location has no gradient, and no number of draws would find it",
          "[reinforce_study][law]") {
  const Result r = study(Vec{3.0}, Vec{1.0}, {10, 1, 0.9});
  CHECK(r.length == 0.0);
  CHECK(std::isinf(r.needed(none)));
}

TEST_CASE("reinforce study: how many draws it takes does not depend on the unit of the loss",
          "[reinforce_study][law]") {
  const Result usual = study(scores, losses, {50, 8, 0.9});
  for (const double unit : {1e-170, 1e-155, 1e140}) {
    CAPTURE(unit);
    const Result r = study(scores, unit * losses, {50, 8, 0.9});
    CHECK(close(r.needed, usual.needed, 1e-10));
    CHECK(close(Mat(r.expected_error / unit), usual.expected_error, 1e-10));
    CHECK(close(Mat(r.standard_error / unit), usual.standard_error, 1e-10));
    CHECK(close(Mat(r.error / unit), usual.error, 1e-10));
  }
}

TEST_CASE("reinforce study: a confident attention needs many draws, and their number is finite",
          "[reinforce_study][law]") {
  // With a_1 = e^-500 and the rest at 0: the gradient is a_1 (l_1 - l_0) (-1, 1), and V is
  // a_1 (l_1 - l_0)^2 2, so that 100 V / |gradient|^2 = 100 / a_1 up to what is as small as a_1.
  const Result r = study(Vec{500.0, 0.0}, Vec{1.0, 3.0}, {10, 1, 0.9});
  CHECK(r.needed(expected) * std::exp(-500.0) > 99.0);
  CHECK(r.needed(expected) * std::exp(-500.0) < 201.0);
}

TEST_CASE("reinforce study: a study of nothing is refused", "[reinforce_study][errors]") {
  CHECK(message_of<std::invalid_argument>([] {
          study(scores, losses, {0, 1, 0.9});
        }) == "there are fewer than two samples: a variance needs two");
  CHECK(message_of<std::invalid_argument>([] {
          study(scores, losses, {10, 1, 1.0});
        }) == "the decay of the moving average is not from 0 up to 1");
  CHECK(message_of<ShapeError>([] { study(scores, zeros(3), {}); }) ==
        "losses has shape (3), expected (5), that is (L): one loss for each location");
}
