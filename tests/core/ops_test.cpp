#include "attn/core/ops.hpp"

#include <catch2/catch_test_macros.hpp>

#include "attn/core/matmul.hpp"
#include "tests/support/close.hpp"
#include "tests/support/message.hpp"

namespace attn {
using namespace attn::test;

namespace {
const Mat a{{1.0, 2.0}, {3.0, 4.0}, {5.0, 6.0}};                   // (3, 2)
const Mat b{{10.0, 20.0}, {30.0, 40.0}};                           // (2, 2)
const Ten3 t{{{1.0, 2.0, 3.0}, {4.0, 5.0, 6.0}}};                  // (1, 2, 3)
const Ten3 u{{{1.0, 0.0}, {0.0, 1.0}}, {{2.0, 0.0}, {0.0, 2.0}}};  // (2, 2, 2)
}  // namespace

TEST_CASE("ops: rows", "[ops][law]") {
  CHECK(close(add_to_rows(a, Vec{10.0, 20.0}), Mat{{11.0, 22.0}, {13.0, 24.0}, {15.0, 26.0}}, 0.0));
  CHECK(close(sum_of_rows(a), Vec{9.0, 12.0}, 0.0));
  CHECK(close(first_columns(a, 1), Mat{{1.0}, {3.0}, {5.0}}, 0.0));
  CHECK(close(last_columns(a, 1), Mat{{2.0}, {4.0}, {6.0}}, 0.0));
  CHECK(close(first_rows(a, 2), Mat{{1.0, 2.0}, {3.0, 4.0}}, 0.0));
  CHECK(close(transpose(a), Mat{{1.0, 3.0, 5.0}, {2.0, 4.0, 6.0}}, 0.0));
  CHECK(inner_product(b, Mat{{1.0, 2.0}, {3.0, 4.0}}) == 300.0);
}

TEST_CASE("ops: no columns are taken that are not there", "[ops][errors]") {
  const std::string said = "A has shape (3, 2), and so not 3 columns";
  CHECK(message_of<ShapeError>([] { first_columns(a, 3); }) == said);
  CHECK(message_of<ShapeError>([] { last_columns(a, 3); }) == said);
}

TEST_CASE("ops: no rows are taken that are not there", "[ops][errors]") {
  CHECK(message_of<ShapeError>([] { first_rows(a, 4); }) ==
        "A has shape (3, 2), and so not 4 rows");
}

TEST_CASE("ops: norms neither overflow nor underflow", "[ops][law]") {
  CHECK(
      close(row_norms(Mat{{3.0, -4.0}, {3e200, 4e200}, {0.0, 0.0}}), Vec{5.0, 5e200, 0.0}, 1e-15));
  CHECK(row_norms(Mat{{3e-200, 4e-200}})(0) > 4.9e-200);
}

TEST_CASE("ops: the products of rows, each with its own", "[ops][reference]") {
  CHECK(close(
      row_products(Mat{{1.0, 2.0, 3.0}, {4.0, 5.0, 6.0}}, Mat{{1.0, 1.0, 1.0}, {0.0, 2.0, -1.0}}),
      Vec{6.0, 4.0}, 0.0));
  CHECK(message_of<ShapeError>([] { row_products(zeros(2, 3), zeros(3, 2)); }) ==
        "B has shape (3, 2), expected (2, 3), that is (n, d): the shape of A");
}

TEST_CASE("ops: pairs", "[ops][law]") {
  CHECK(close(pair_sums(Mat{{1.0, 2.0}}, b), Ten3{{{11.0, 22.0}, {31.0, 42.0}}}, 0.0));
  CHECK(close(pair_concat(Mat{{1.0}, {2.0}}, b),
              Ten3{{{1.0, 10.0, 20.0}, {1.0, 30.0, 40.0}}, {{2.0, 10.0, 20.0}, {2.0, 30.0, 40.0}}},
              0.0));
  CHECK(close(
      squared_distances(Mat{{1.0, 2.0}, {10.0, 20.0}, {0.0, 0.0}}, Mat{{1.0, 2.0}, {4.0, 6.0}}),
      Mat{{0.0, 25.0}, {405.0, 232.0}, {5.0, 52.0}}, 0.0));
  CHECK(close(sum_over_keys(t), Mat{{5.0, 7.0, 9.0}}, 0.0));
  CHECK(close(sum_over_queries(u), Mat{{3.0, 0.0}, {0.0, 3.0}}, 0.0));
  CHECK(close(dot_pairs(t, Vec{1.0, 0.0, -1.0}), Mat{{-2.0, -2.0}}, 0.0));
  CHECK(close(scale_pairs(Mat{{2.0, 3.0}}, Vec{1.0, 10.0, 100.0}),
              Ten3{{{2.0, 20.0, 200.0}, {3.0, 30.0, 300.0}}}, 0.0));
  CHECK(close(weighted_sum_of_pairs(Mat{{2.0, 3.0}}, t), Vec{14.0, 19.0, 24.0}, 0.0));
}

TEST_CASE("matmul: a tensor with three axes counts as its vectors, one a row", "[matmul][law]") {
  const Mat c{{1.0, 0.0}, {0.0, 1.0}, {1.0, 1.0}};  // (3, 2)
  CHECK(close(matmul(t, c), Ten3{{{4.0, 5.0}, {10.0, 11.0}}}, 0.0));
  CHECK(close(matmul_nt(t, Mat{{1.0, 0.0, 1.0}}), Ten3{{{4.0}, {10.0}}}, 0.0));
  CHECK(close(matmul_tn(t, Ten3{{{1.0, 10.0}, {2.0, 0.0}}}),
              Mat{{9.0, 10.0}, {12.0, 20.0}, {15.0, 30.0}}, 0.0));
}

TEST_CASE("ops: errors name the tensor and what was expected", "[ops][errors]") {
  CHECK(message_of<ShapeError>([] { add_to_rows(a, Vec{1.0}); }) ==
        "v has shape (1), expected (2), that is (d): one entry for each column of A");
  CHECK(message_of<ShapeError>([] { inner_product(a, b); }) ==
        "B has shape (2, 2), expected (3, 2), that is (m, n): the shape of A");
  CHECK(message_of<ShapeError>([] { pair_sums(a, zeros(2, 3)); }) ==
        "B has shape (2, 3), expected (2, 2), that is (Tk, d): B is as wide as A");
  CHECK(message_of<ShapeError>([] { squared_distances(a, zeros(2, 3)); }) ==
        "B has shape (2, 3), expected (2, 2), that is (Tk, d): B is as wide as A");
  CHECK(message_of<ShapeError>([] { dot_pairs(t, Vec{1.0}); }) ==
        "v has shape (1), expected (3), that is (d): one entry for each of t_ij");
  CHECK(message_of<ShapeError>([] { weighted_sum_of_pairs(b, t); }) ==
        "S has shape (2, 2), expected (1, 2), that is (Tq, Tk): one entry for each t_ij");
  CHECK(message_of<ShapeError>([] { matmul(t, b); }) ==
        "cannot multiply A B: A has shape (1, 2, 3) and B has shape (2, 2), so the inner extents "
        "are 3 and 2");
  CHECK(message_of<ShapeError>([] { matmul_nt(t, b); }) ==
        "cannot multiply A B^T: A has shape (1, 2, 3) and B has shape (2, 2), so the inner extents "
        "are 3 and 2");
  CHECK(message_of<ShapeError>([] { matmul_tn(t, u); }) ==
        "cannot multiply A^T B: A has shape (1, 2, 3) and B has shape (2, 2, 2), so the inner "
        "extents are 1 and 2");
}

}  // namespace attn
