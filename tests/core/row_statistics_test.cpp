#include "attn/core/row_statistics.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>

#include "attn/core/shape_error.hpp"
#include "tests/support/close.hpp"
#include "tests/support/message.hpp"
#include "tests/support/random.hpp"

namespace attn {
using namespace attn::test;

TEST_CASE("row_statistics: mean and variance of rows that can be summed by hand",
          "[row_statistics][reference]") {
  const Mat a{{1.0, 2.0, 6.0}, {-4.0, 0.0, 4.0}};
  CHECK(close(row_means(a), Vec{3.0, 0.0}, 0.0));
  CHECK(close(row_variances(a, Vec{3.0, 0.0}), Vec{14.0 / 3.0, 32.0 / 3.0}, 1e-15));
}

TEST_CASE("row_statistics: a mean of the largest numbers is one", "[row_statistics][law]") {
  constexpr double most = std::numeric_limits<double>::max();
  CHECK(close(row_means(Mat{{most, -most}, {most, most}, {-most, 0.5 * most}}),
              Vec{0.0, most, -0.25 * most}, 1e-15));
}

TEST_CASE("row_statistics: deviations of numbers whose variance has lost its digits",
          "[row_statistics][law]") {
  // Distances of -+u about the mean, 0: the deviation is sqrt(u^2 + epsilon).
  const double u = 0x1p-537;  // u^2 is 2^-1074, the smallest double there is
  for (const double part : {1.0, 0.75, 0.5}) {
    CAPTURE(part);
    const Mat a{{part * u, -part * u}};
    const Vec inverse = inverse_deviations(a, zeros(1), row_variances(a, zeros(1)), u * u);
    CHECK(relatively_close(inverse, Vec{1.0 / (u * std::sqrt(part * part + 1.0))}, 1e-15));
  }
  CHECK(close(inverse_deviations(Mat{{1.0, -1.0}}, zeros(1), Vec{1.0}, 1e-5),
              inverse_deviations(Vec{1.0}, 1e-5), 0.0));
}

TEST_CASE("row_statistics: a constant row has itself as mean and no variance, whatever its bits",
          "[row_statistics][law]") {
  for (const double c : {0.1, -1.0 / 3.0, 1e-300, 1e300, 7.0}) {
    const Mat a(Mat::shape_type{2, 7}, c);
    CHECK(close(row_means(a), Vec{c, c}, 0.0));
    CHECK(close(row_variances(a, row_means(a)), zeros(2), 0.0));
  }
}

TEST_CASE("row_statistics: a large offset costs no digits of the variance",
          "[row_statistics][law]") {
  const Mat a{{1e8 + 1.0, 1e8 + 2.0, 1e8 + 3.0}};
  CHECK(close(row_means(a), Vec{1e8 + 2.0}, 0.0));
  CHECK(close(row_variances(a, row_means(a)), Vec{2.0 / 3.0}, 1e-15));
}

TEST_CASE("row_statistics: rows and columns are shifted and stretched, each by its own number",
          "[row_statistics][reference]") {
  const Mat a{{1.0, 2.0, 3.0}, {4.0, 5.0, 6.0}};
  CHECK(
      close(subtract_from_rows(a, Vec{1.0, 10.0}), Mat{{0.0, 1.0, 2.0}, {-6.0, -5.0, -4.0}}, 0.0));
  CHECK(close(scale_rows(a, Vec{2.0, -1.0}), Mat{{2.0, 4.0, 6.0}, {-4.0, -5.0, -6.0}}, 0.0));
  CHECK(close(scale_columns(a, Vec{2.0, 0.0, -1.0}), Mat{{2.0, 0.0, -3.0}, {8.0, 0.0, -6.0}}, 0.0));
  CHECK(close(inverse_deviations(Vec{0.0, 3.75}, 0.25), Vec{2.0, 0.5}, 0.0));
}

TEST_CASE("row_statistics: errors name the tensor and what was expected",
          "[row_statistics][errors]") {
  CHECK(message_of<ShapeError>([] { row_means(zeros(2, 0)); }) ==
        "A has shape (2, 0): axis d is empty");
  CHECK(message_of<ShapeError>([] { row_variances(zeros(2, 3), zeros(3)); }) ==
        "v has shape (3), expected (2), that is (n): one entry for each row of A");
  CHECK(message_of<ShapeError>([] { subtract_from_rows(zeros(2, 3), zeros(3)); }) ==
        "v has shape (3), expected (2), that is (n): one entry for each row of A");
  CHECK(message_of<ShapeError>([] { scale_rows(zeros(2, 3), zeros(3)); }) ==
        "v has shape (3), expected (2), that is (n): one entry for each row of A");
  CHECK(message_of<ShapeError>([] { scale_columns(zeros(2, 3), zeros(2)); }) ==
        "v has shape (2), expected (3), that is (d): one entry for each column of A");
}

}  // namespace attn
