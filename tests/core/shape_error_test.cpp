#include "attn/core/shape_error.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/message.hpp"

using namespace attn;
using namespace attn::test;

TEST_CASE("shape error: shapes are written as tuples", "[shape_error]") {
  CHECK(to_string(Shape{}) == "()");
  CHECK(to_string(Shape{4}) == "(4)");
  CHECK(to_string(Shape{2, 3, 4}) == "(2, 3, 4)");
}

TEST_CASE("shape error: the tensor, its shape, the shape expected and its axes are named",
          "[shape_error][errors]") {
  CHECK(message_of<ShapeError>([] {
          expect_shape("keys", {5, 3}, {5, 2}, "Tk,dk", "keys are as wide as queries");
        }) ==
        "keys has shape (5, 3), expected (5, 2), that is (Tk, dk): keys are as wide as queries");
  CHECK(message_of<ShapeError>([] { expect_shape("b", {3}, {2}, "da", "one for each unit"); }) ==
        "b has shape (3), expected (2), that is (da): one for each unit");
  CHECK_NOTHROW(expect_shape("keys", {5, 2}, {5, 2}, "Tk,dk", "…"));
}

TEST_CASE("shape error: another number of axes is an error too", "[shape_error][errors]") {
  CHECK(message_of<ShapeError>([] {
          expect_shape("x", {6}, {2, 3}, "m,n", "a matrix");
        }) == "x has shape (6), expected (2, 3), that is (m, n): a matrix");
}

TEST_CASE("shape error: an empty axis is named", "[shape_error][errors]") {
  CHECK(message_of<ShapeError>([] {
          expect_nonempty("queries", {0, 3}, "Tq,dk");
        }) == "queries has shape (0, 3): axis Tq is empty");
  CHECK(message_of<ShapeError>([] {
          expect_nonempty("queries", {2, 0}, "Tq,dk");
        }) == "queries has shape (2, 0): axis dk is empty");
  CHECK_NOTHROW(expect_nonempty("queries", {2, 3}, "Tq,dk"));
}

TEST_CASE("shape error: it can be caught as an invalid argument", "[shape_error][errors]") {
  CHECK_THROWS_AS(expect_nonempty("x", {0}, "n"), std::invalid_argument);
}

TEST_CASE("shape error: a row-major number is turned into a cell", "[shape_error]") {
  CHECK(cell_of(4, {2, 3}) == Shape{1, 1});
  CHECK(cell_of(23, {2, 3, 4}) == Shape{1, 2, 3});
  CHECK(cell_of(0, {}) == Shape{});
}
