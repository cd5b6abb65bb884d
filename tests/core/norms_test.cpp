#include "attn/core/norms.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>

#include "tests/support/close.hpp"

using namespace attn;
using namespace attn::test;

TEST_CASE("norms: the norm of 3 and 4 is 5 at any scale that a number has", "[norms][law]") {
  for (int exponent = -1070; exponent <= 1021; ++exponent) {
    CAPTURE(exponent);
    const double unit = std::ldexp(1.0, exponent);
    CHECK(norm(Vec{3.0 * unit, -4.0 * unit}) == 5.0 * unit);
    CHECK(norm(Mat{{0.0, 4.0 * unit}, {-3.0 * unit, 0.0}}) == 5.0 * unit);
  }
}

TEST_CASE("norms: of nothing it is 0, and what is not a number stays so", "[norms][law]") {
  constexpr double inf = std::numeric_limits<double>::infinity();
  CHECK(norm(zeros(0)) == 0.0);
  CHECK(norm(zeros(3)) == 0.0);
  CHECK(std::isnan(norm(Vec{1.0, std::nan("")})));
  CHECK(std::isnan(norm(Vec{1e300, std::nan(""), 1e300})));
  CHECK(norm(Vec{1.0, -inf}) == inf);
  CHECK(norm(Vec{1.5e308, 1.5e308}) == inf);  // 2.1e308, which no double is
}

TEST_CASE("norms: a unit factor brings a size between 1 and 2", "[norms][law]") {
  for (const double size : {1.0, 1.99, 0x1p-1022, 0x1p1023, 3e-200, 7e200, 1e-160}) {
    CAPTURE(size);
    CHECK(size * unit_factor(size) >= 1.0);
    CHECK(size * unit_factor(size) < 2.0);
  }
  CHECK(unit_factor(0.0) == 1.0);
  CHECK(unit_factor(0x1p-1074) == 0x1p1023);
  CHECK(unit_factor(std::numeric_limits<double>::infinity()) == 1.0);
  CHECK(unit_factor(std::nan("")) == 1.0);
}
