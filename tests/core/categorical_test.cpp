#include "attn/core/categorical.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/close.hpp"

using namespace attn;
using namespace attn::test;

TEST_CASE("categorical: sums run along each row", "[categorical][law]") {
  CHECK(close(cumulative_sums(Mat{{0.25, 0.5, 0.25}, {1.0, 2.0, 3.0}}),
              Mat{{0.25, 0.75, 1.0}, {1.0, 3.0, 6.0}}, 0.0));
}

TEST_CASE("categorical: a sum belongs to what comes after it", "[categorical][law]") {
  const std::vector<double> sums{0.25, 0.25, 0.75, 1.0};
  CHECK(pick(sums, 0.0) == 0);
  CHECK(pick(sums, 0.25) == 2);  // the second has no weight
  CHECK(pick(sums, 0.75) == 3);
}

TEST_CASE("categorical: beyond the last sum it is the last that has a weight",
          "[categorical][law]") {
  CHECK(pick(std::vector<double>{0.5, 0.9, 0.9}, 0.95) == 1);
  CHECK(pick(std::vector<double>{0.0, 0.0}, 0.5) == 2);
  CHECK(pick(std::vector<double>{}, 0.5) == 0);
}
