#include "attn/training/toy_data.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <stdexcept>

#include "tests/support/close.hpp"
#include "tests/support/message.hpp"

using namespace attn;
using namespace attn::toy_data;
using namespace attn::test;

TEST_CASE("toy data: a seed gives the points of an independent program", "[toy_data][reference]") {
  for (const Fixture& c : Fixture("toy_data")["cases"].items()) {
    const Points points = sample(c["n"].integer(), c["noise"].number(), c["seed"].integer());
    CHECK(close(points.x, c["x"].vec(), 0.0));
    CHECK(close(points.y, c["y"].vec(), 1e-14));
    CHECK(close(truth(points.x), c["truth"].vec(), 1e-14));
  }
}

TEST_CASE("toy data: points are sorted, from 0 to 5, and as far from the truth as the noise says",
          "[toy_data][law]") {
  const Points points = sample(20000, 0.5, 3);
  CHECK(std::is_sorted(points.x.begin(), points.x.end()));
  CHECK(points.x(0) >= 0.0);
  CHECK(points.x(19999) < 5.0);
  const Vec noise = points.y - truth(points.x);
  double squares = 0.0;
  for (const double entry : noise) squares += entry * entry;
  CHECK(std::abs(std::sqrt(squares / 20000) / 0.5 - 1.0) < 5 / std::sqrt(2 * 20000.0));
}

TEST_CASE("toy data: without noise the points lie on the curve", "[toy_data][law]") {
  const Points points = sample(30, 0.0, 4);
  CHECK(close(points.y, truth(points.x), 0.0));
}

TEST_CASE("toy data: the truth is 2 sin x + x^0.8", "[toy_data][reference]") {
  CHECK(close(truth(Vec{0.0, 1.0, 32.0}),
              Vec{0.0, 2.0 * std::sin(1.0) + 1.0, 2.0 * std::sin(32.0) + 16.0}, 1e-14));
}

TEST_CASE("toy data: a negative x has no truth", "[toy_data][errors]") {
  CHECK(message_of<std::domain_error>([] {
          return truth(Vec{1.0, -0.5});
        }) == "2 sin x + x^0.8 needs x >= 0, found -0.5");
}
