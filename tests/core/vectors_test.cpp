#include "attn/core/vectors.hpp"

#include <catch2/catch_test_macros.hpp>

#include "attn/core/matmul.hpp"
#include "tests/support/close.hpp"
#include "tests/support/message.hpp"

namespace attn {
using namespace attn::test;

namespace {
const Mat a{{1.0, 2.0}, {3.0, 4.0}, {5.0, 6.0}};  // (3, 2)
}

TEST_CASE("vectors: rows of matrices", "[vectors][law]") {
  CHECK(close(row(a, 1), Vec{3.0, 4.0}, 0.0));
  CHECK(close(as_row(Vec{3.0, 4.0}), Mat{{3.0, 4.0}}, 0.0));
  CHECK(close(stacked({Vec{1.0, 2.0}, Vec{3.0, 4.0}, Vec{5.0, 6.0}}), a, 0.0));
  CHECK(shape_of(stacked({})) == Shape{0, 0});
  CHECK(close(reversed_rows(a), Mat{{5.0, 6.0}, {3.0, 4.0}, {1.0, 2.0}}, 0.0));
}

TEST_CASE("vectors: one after the other, and parts", "[vectors][law]") {
  const Vec both = concatenated(Vec{1.0, 2.0}, Vec{3.0});
  CHECK(close(both, Vec{1.0, 2.0, 3.0}, 0.0));
  CHECK(close(first_entries(both, 2), Vec{1.0, 2.0}, 0.0));
  CHECK(close(last_entries(both, 1), Vec{3.0}, 0.0));
  CHECK(close(concatenated(Vec{}, Vec{3.0}), Vec{3.0}, 0.0));
}

TEST_CASE("vectors: products with a matrix", "[matmul][law]") {
  CHECK(close(matvec(a, Vec{1.0, 10.0}), Vec{21.0, 43.0, 65.0}, 0.0));
  CHECK(close(matvec_tn(a, Vec{1.0, 10.0, 100.0}), Vec{531.0, 642.0}, 0.0));
  CHECK(close(outer(Vec{1.0, 2.0, 3.0}, Vec{1.0, 10.0}), Mat{{1.0, 10.0}, {2.0, 20.0}, {3.0, 30.0}},
              0.0));
}

TEST_CASE("vectors: errors name the shapes", "[vectors][errors]") {
  CHECK(message_of<ShapeError>([] {
          stacked({Vec{1.0}, Vec{1.0, 2.0}});
        }) == "row 1 has shape (2), expected (1), that is (d): as long as the first");
  CHECK(message_of<ShapeError>([] { row(a, 3); }) == "A has shape (3, 2), and so no row 3");
  CHECK(message_of<ShapeError>([] { matvec(a, zeros(3)); }) ==
        "cannot multiply A x: A has shape (3, 2) and x has shape (3), so the inner extents are 2 "
        "and 3");
  CHECK(message_of<ShapeError>([] { matvec_tn(a, zeros(2)); }) ==
        "cannot multiply A^T y: A has shape (3, 2) and y has shape (2), so the inner extents are 3 "
        "and 2");
}

}  // namespace attn
