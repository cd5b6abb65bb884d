#include "attn/core/wide.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>

#include "attn/core/ops.hpp"
#include "attn/core/shape_error.hpp"
#include "tests/support/close.hpp"
#include "tests/support/message.hpp"
#include "tests/support/random.hpp"

using namespace attn;
using namespace attn::test;

TEST_CASE("wide: what is between may be beyond a double's range", "[wide][law]") {
  CHECK((Wide(0x1p900) * 0x1p900 / 0x1p1000).narrow() == 0x1p800);
  CHECK((Wide(0x1p-900) * 0x1p-900 * 0x1.8p1000).narrow() == 0x1.8p-800);
  CHECK((-Wide(3.0) * 0x1p-1070 / 0x1p-1074).narrow() == -48.0);
  CHECK((Wide(0x1p900) * 0x1p900).narrow() == std::numeric_limits<double>::infinity());
  CHECK((Wide(0x1p-900) * 0x1p-900).narrow() == 0.0);
}

TEST_CASE("wide: what plain arithmetic gives it gives to the last bit", "[wide][law]") {
  const Mat a = random_mat(20, 30, 1), b = random_mat(20, 30, 2);
  CHECK(wide_inner_product(a, b).narrow() == inner_product(a, b));
  for (std::size_t i = 0; i < 20; ++i) {
    const double x = a(i, 0), y = a(i, 1), z = a(i, 2);
    CHECK((Wide(x) * y * z).narrow() == x * y * z);
    CHECK((Wide(x) / y * z).narrow() == x / y * z);
  }
}

TEST_CASE("wide: an inner product of large and small numbers keeps both kinds of terms",
          "[wide][law]") {
  // 2^700 2^-1000 + 2^-700 2^400 = 2 2^-300, and at both ends of the range
  CHECK(wide_inner_product(Mat{{0x1p700, 0x1p-700}}, Mat{{0x1p-1000, 0x1p400}}).narrow() ==
        0x1p-299);
  CHECK((wide_inner_product(Mat{{0x1p1000, 0x1p1000}}, Mat{{0x1p1000, 0x1p999}}) / 0x1p1000)
            .narrow() == 0x1.8p1000);
  CHECK((wide_inner_product(Mat{{0x1p-1000}}, Mat{{0x1p-1000}}) / 0x1p-1000).narrow() == 0x1p-1000);
}

TEST_CASE("wide: 0, NaN and infinity are what they are in plain arithmetic", "[wide][law]") {
  constexpr double inf = std::numeric_limits<double>::infinity();
  CHECK((Wide(0.0) * 5.0).narrow() == 0.0);
  CHECK(std::isnan((Wide(0.0) / 0.0).narrow()));
  CHECK((Wide(-2.0) / 0.0).narrow() == -inf);
  CHECK((Wide(2.0) / inf).narrow() == 0.0);
  CHECK(std::isnan((Wide(std::nan("")) * 2.0).narrow()));
  CHECK(wide_inner_product(zeros(0, 3), zeros(0, 3)).narrow() == 0.0);
  CHECK(wide_inner_product(Mat{{1.0, inf}}, Mat{{1.0, 1e-300}}).narrow() == inf);
  CHECK(std::isnan(wide_inner_product(Mat{{1.0, 1.0}}, Mat{{1.0, std::nan("")}}).narrow()));
}

TEST_CASE("wide: shapes that differ are named", "[wide][errors]") {
  CHECK(message_of<ShapeError>([] { wide_inner_product(zeros(2, 3), zeros(3, 2)); }) ==
        "B has shape (3, 2), expected (2, 3), that is (m, n): the shape of A");
}
