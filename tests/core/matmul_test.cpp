#include "attn/core/matmul.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>

#include "attn/core/shape_error.hpp"
#include "tests/support/close.hpp"
#include "tests/support/message.hpp"
#include "tests/support/random.hpp"

using namespace attn;
using namespace attn::test;

namespace {

/// Whole numbers, so that products of them are exact in every order of summation.
Mat whole_numbers(std::size_t m, std::size_t n, std::uint64_t seed) {
  Random random(seed);
  Mat a = zeros(m, n);
  for (double& entry : a) entry = std::floor(random.uniform(-9.0, 10.0));
  return a;
}

Mat transposed(const Mat& a) {
  Mat t = zeros(cols(a), rows(a));
  for (std::size_t i = 0; i < rows(a); ++i) {
    for (std::size_t j = 0; j < cols(a); ++j) t(j, i) = a(i, j);
  }
  return t;
}

/// c_ij = sum_k a_ik b_kj, as the definition says.
Mat by_definition(const Mat& a, const Mat& b) {
  Mat c = zeros(rows(a), cols(b));
  for (std::size_t i = 0; i < rows(a); ++i) {
    for (std::size_t j = 0; j < cols(b); ++j) {
      for (std::size_t k = 0; k < cols(a); ++k) c(i, j) += a(i, k) * b(k, j);
    }
  }
  return c;
}

}  // namespace

TEST_CASE("matmul: a row times a matrix is what the definition says, however many rows it has",
          "[matmul][law]") {
  for (std::size_t k = 1; k <= 9; ++k) {
    for (const std::size_t n : {1u, 2u, 7u, 33u}) {
      CAPTURE(k, n);
      const Mat a = whole_numbers(1, k, k), b = whole_numbers(k, n, 10 + n);
      CHECK(close(matmul(a, b), by_definition(a, b), 0.0));
    }
  }
}

TEST_CASE("matmul: a product worked by hand", "[matmul][reference]") {
  const Mat a{{1.0, 2.0, 3.0}, {4.0, 5.0, 6.0}};
  const Mat b{{7.0, 8.0}, {9.0, 10.0}, {11.0, 12.0}};
  const Mat c{{58.0, 64.0}, {139.0, 154.0}};
  CHECK(close(matmul(a, b), c, 0.0));
  CHECK(close(matmul_nt(a, transposed(b)), c, 0.0));
  CHECK(close(matmul_tn(transposed(a), b), c, 0.0));
}

TEST_CASE("matmul: all three forms are the sum over the inner index, for small and large shapes",
          "[matmul][reference]") {
  struct Size {
    std::size_t m, k, n;
  };
  for (const Size s : {Size{1, 1, 1}, Size{1, 5, 1}, Size{5, 1, 3}, Size{2, 3, 4}, Size{1, 40, 7},
                       Size{7, 40, 1}, Size{33, 65, 17}, Size{130, 70, 90}}) {
    CAPTURE(s.m, s.k, s.n);
    const Mat a = whole_numbers(s.m, s.k, 1);
    const Mat b = whole_numbers(s.k, s.n, 2);
    const Mat c = by_definition(a, b);
    CHECK(close(matmul(a, b), c, 0.0));
    CHECK(close(matmul_nt(a, transposed(b)), c, 0.0));
    CHECK(close(matmul_tn(transposed(a), b), c, 0.0));
  }
}

TEST_CASE("matmul: an empty sum is 0", "[matmul][law]") {
  CHECK(close(matmul(zeros(2, 0), zeros(0, 3)), zeros(2, 3), 0.0));
  CHECK(close(matmul_nt(zeros(2, 0), zeros(3, 0)), zeros(2, 3), 0.0));
  CHECK(close(matmul_tn(zeros(0, 2), zeros(0, 3)), zeros(2, 3), 0.0));
  CHECK(matmul(zeros(0, 4), zeros(4, 3)).size() == 0);
}

TEST_CASE("matmul: inner extents that differ are named, with both shapes", "[matmul][errors]") {
  const Mat a = zeros(2, 3);
  CHECK(message_of<ShapeError>([&] { return matmul(a, zeros(4, 5)); }) ==
        "cannot multiply A B: A has shape (2, 3) and B has shape (4, 5), so the inner extents are "
        "3 and 4");
  CHECK(message_of<ShapeError>([&] { return matmul_nt(a, zeros(5, 4)); }) ==
        "cannot multiply A B^T: A has shape (2, 3) and B has shape (5, 4), so the inner extents "
        "are 3 and 4");
  CHECK(message_of<ShapeError>([&] { return matmul_tn(a, zeros(4, 5)); }) ==
        "cannot multiply A^T B: A has shape (2, 3) and B has shape (4, 5), so the inner extents "
        "are 2 and 4");
}

TEST_CASE("matmul: products into memory that is there are those of the rows they were given",
          "[matmul][law]") {
  const Mat a = whole_numbers(9, 4, 3), b = whole_numbers(7, 4, 4), v = whole_numbers(7, 5, 5);
  const Mat some_a =
      by_definition(Mat{{0, 0, 1, 0, 0, 0, 0, 0, 0}, {0, 0, 0, 1, 0, 0, 0, 0, 0}}, a);
  Mat c(Mat::shape_type{2, 7}, 100.0);
  matmul_nt_into(0.5, rows_of(a, 2, 2), rows_of(b, 0, 7), rows_of(c, 0, 2));
  CHECK(close(c, Mat(0.5 * matmul_nt(some_a, b)), 0.0));
  Mat sum(Mat::shape_type{4, 5}, 1.0);
  add_matmul(rows_of(c, 0, 2), rows_of(v, 0, 7), rows_of(sum, 1, 2));
  const Mat product = matmul(c, v);
  for (std::size_t j = 0; j < 5; ++j) {
    CHECK(sum(0, j) == 1.0);
    CHECK(sum(1, j) == 1.0 + product(0, j));
    CHECK(sum(2, j) == 1.0 + product(1, j));
    CHECK(sum(3, j) == 1.0);
  }
  Mat back(Mat::shape_type{7, 4}, 1.0);
  add_matmul_tn(rows_of(c, 0, 2), rows_of(a, 2, 2), rows_of(back, 0, 7));
  CHECK(close(back, Mat(1.0 + matmul_tn(c, some_a)), 0.0));
}
