#include "attn/mechanisms/position_similarity.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>

#include "attn/core/shape_error.hpp"
#include "attn/mechanisms/positions.hpp"
#include "tests/support/close.hpp"
#include "tests/support/message.hpp"
#include "tests/support/random.hpp"

namespace attn::position_similarity {
using namespace attn::test;

TEST_CASE("position_similarity: sinusoids that are d apart have the product sum of cos(d w)",
          "[position_similarity][reference]") {
  const positions::Forward f = positions::forward(positions::from(0.0, 9), 6);
  const ByDistance by = by_distance(forward(f.encoding).similarity);
  for (std::size_t d = 0; d < 9; ++d) {
    double expected = 0.0;
    for (const double w : f.frequencies) expected += std::cos(static_cast<double>(d) * w);
    CHECK(close(by.smallest(d), expected, 1e-14));
    CHECK(close(by.mean(d), expected, 1e-14));
    CHECK(close(by.largest(d), expected, 1e-14));
  }
}

TEST_CASE("position_similarity: any table, by hand", "[position_similarity][reference]") {
  const Mat similarity = forward(Mat{{1.0, 0.0}, {2.0, 1.0}, {0.0, 3.0}}).similarity;
  CHECK(close(similarity, Mat{{1.0, 2.0, 0.0}, {2.0, 5.0, 3.0}, {0.0, 3.0, 9.0}}, 0.0));
  const ByDistance by = by_distance(similarity);
  CHECK(close(by.smallest, Vec{1.0, 2.0, 0.0}, 0.0));
  CHECK(close(by.mean, Vec{5.0, 2.5, 0.0}, 0.0));
  CHECK(close(by.largest, Vec{9.0, 3.0, 0.0}, 0.0));
}

TEST_CASE("position_similarity: the table is symmetric", "[position_similarity][law]") {
  const Mat s = forward(random_mat(5, 3, 1)).similarity;
  for (std::size_t p = 0; p < 5; ++p) {
    for (std::size_t q = 0; q < 5; ++q) CHECK(close(s(p, q), s(q, p), 1e-15));
  }
}

TEST_CASE("position_similarity: errors name the tensor", "[position_similarity][errors]") {
  CHECK(message_of<ShapeError>([] { forward(zeros(0, 2)); }) ==
        "encoding has shape (0, 2): axis T is empty");
  CHECK(message_of<ShapeError>([] { by_distance(zeros(2, 3)); }) ==
        "similarity has shape (2, 3), expected (2, 2), that is (T, T): a row and a column a "
        "position");
}

}  // namespace attn::position_similarity
