#include "attn/mechanisms/softcap.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>

#include "tests/support/close.hpp"
#include "tests/support/fixture.hpp"
#include "tests/support/message.hpp"
#include "tests/support/random.hpp"

namespace attn::softcap {
using namespace attn::test;

TEST_CASE("softcap: scores and slopes are right relative to themselves at both ends of double",
          "[softcap][reference]") {
  for (const Fixture& c : Fixture("softcap")["cases"].items()) {
    const double score = c["score"].number(), cap = c["cap"].number();
    CAPTURE(score, cap);
    CHECK(relatively_close(capped(score, cap), c["capped"].number(), 1e-15));
    // the quotient's last bit counts |s / c| times in the slope
    const double tolerance = 1e-15 * (2.0 + std::min(std::abs(score / cap), 800.0));
    const double expected = c["slope"].number();
    CHECK(std::abs(slope(score, cap) - expected) <= tolerance * expected + 1e-307);
  }
}

TEST_CASE("softcap: no score leaves the range from -c to c, and their order stays",
          "[softcap][law]") {
  const Mat scores = random_mat(3, 5, 1, 100.0);
  const Mat f = forward(scores, 2.0);
  for (std::size_t i = 0; i < scores.size(); ++i) {
    CHECK(std::abs(f.data()[i]) <= 2.0);
    CHECK(std::signbit(f.data()[i]) == std::signbit(scores.data()[i]));
    for (std::size_t j = 0; j < scores.size(); ++j) {
      if (scores.data()[i] < scores.data()[j]) CHECK(f.data()[i] <= f.data()[j]);
    }
  }
}

TEST_CASE("softcap: a huge cap changes no score, and a score of 0 stays 0", "[softcap][law]") {
  const Mat scores = random_mat(3, 5, 2, 100.0);
  CHECK(close(forward(scores, 1e300), scores, 0.0));
  CHECK(capped(0.0, 5e-324) == 0.0);
  CHECK(slope(0.0, 5e-324) == 1.0);
}

TEST_CASE("softcap: scores beyond double are capped like any other", "[softcap][law]") {
  const double inf = std::numeric_limits<double>::infinity();
  CHECK(capped(inf, 3.0) == 3.0);
  CHECK(capped(-1e308, 1e-300) == -1e-300);
  CHECK(slope(inf, 3.0) == 0.0);
}

TEST_CASE("softcap: the gradient agrees with central differences", "[softcap][gradient]") {
  Mat scores = random_mat(3, 5, 3, 2.0);
  const Mat d_capped = random_mat(3, 5, 4);
  const auto loss = [&] { return inner(forward(scores, 1.3), d_capped); };
  CHECK(check_gradient(loss, scores, backward(scores, 1.3, d_capped)));
}

TEST_CASE("softcap: errors name the tensor and what was expected", "[softcap][errors]") {
  CHECK(message_of<ShapeError>([] { backward(zeros(2, 3), 1.0, zeros(3, 2)); }) ==
        "d_capped has shape (3, 2), expected (2, 3), that is (Tq, Tk): the shape of the scores");
}

}  // namespace attn::softcap
