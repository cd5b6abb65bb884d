#include "attn/mechanisms/inputs.hpp"

#include <catch2/catch_test_macros.hpp>

#include "attn/mechanisms/mask.hpp"

using namespace attn;

TEST_CASE("inputs: what fits is accepted", "[inputs][law]") {
  CHECK_NOTHROW(expect_queries_and_keys(zeros(2, 3), zeros(4, 5)));
  CHECK_NOTHROW(expect_equal_widths(zeros(2, 3), zeros(4, 3)));
  CHECK_NOTHROW(expect_values(zeros(4, 2), 4));
  CHECK_NOTHROW(expect_mask(mask::full(2, 4), 2, 4));
  CHECK_NOTHROW(expect_d_scores(zeros(2, 4), zeros(2, 4)));
  CHECK_NOTHROW(expect_d_context(zeros(2, 3), zeros(2, 3)));
}

TEST_CASE("inputs: what does not fit is refused", "[inputs][errors]") {
  CHECK_THROWS_AS(expect_queries_and_keys(zeros(0, 3), zeros(4, 5)), ShapeError);
  CHECK_THROWS_AS(expect_queries_and_keys(zeros(2, 3), zeros(4, 0)), ShapeError);
  CHECK_THROWS_AS(expect_equal_widths(zeros(2, 3), zeros(4, 2)), ShapeError);
  CHECK_THROWS_AS(expect_values(zeros(4, 2), 3), ShapeError);
  CHECK_THROWS_AS(expect_values(zeros(4, 0), 4), ShapeError);
  CHECK_THROWS_AS(expect_mask(mask::full(4, 2), 2, 4), ShapeError);
  CHECK_THROWS_AS(expect_d_scores(zeros(4, 2), zeros(2, 4)), ShapeError);
  CHECK_THROWS_AS(expect_d_context(zeros(3, 2), zeros(2, 3)), ShapeError);
}
