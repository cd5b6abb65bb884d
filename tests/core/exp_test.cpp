#include "attn/core/exp.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>
#include <numeric>

#include "tests/support/close.hpp"
#include "tests/support/random.hpp"

using namespace attn;
using namespace attn::test;

namespace {

/// Numbers from 0 down to -708, close together near 0.
std::vector<double> falling(std::size_t n) {
  std::vector<double> x;
  for (std::size_t i = 0; i < n; ++i) {
    x.push_back(-708.0 * std::pow(static_cast<double>(i) / static_cast<double>(n - 1), 3));
  }
  return x;
}

}  // namespace

TEST_CASE("exp: exp_shifted is the standard library's exp to two units in the last place",
          "[exp][reference]") {
  const std::vector<double> x = falling(100001);
  std::vector<double> y(x.size());
  const double sum = exp_shifted(x, 0.0, y);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double expected = std::exp(x[i]);
    const double unit = std::nextafter(expected, 2.0) - expected;
    if (std::abs(y[i] - expected) > 2.0 * unit) FAIL("exp(" << x[i] << ") came out as " << y[i]);
  }
  CHECK(y.front() == 1.0);
  CHECK(close(sum, std::accumulate(y.begin(), y.end(), 0.0), 1e-13));
}

TEST_CASE("exp: exp_shifted gives an entry the same value wherever it stands, also in place",
          "[exp][law]") {
  const std::vector<double> x = falling(200);
  std::vector<double> all(x.size());
  exp_shifted(x, 0.25, all);
  for (std::size_t begin = 0; begin < 70; ++begin) {
    for (const std::size_t n : {1u, 7u, 63u, 64u, 65u, 130u}) {
      std::vector<double> part(x.begin() + static_cast<std::ptrdiff_t>(begin),
                               x.begin() + static_cast<std::ptrdiff_t>(begin + n));
      exp_shifted(part, 0.25, part);
      for (std::size_t i = 0; i < n; ++i) CHECK(part[i] == all[begin + i]);
    }
  }
}

TEST_CASE("exp: exp_shifted is 0 below -708 and for -inf, and keeps NaN", "[exp][law]") {
  const double inf = std::numeric_limits<double>::infinity();
  for (std::size_t n = 1; n <= 20; ++n) {
    for (const double low : {-inf, -1e4, -708.5}) {
      std::vector<double> x(n, 3.0);
      x[n / 2] = 3.0 + low;
      exp_shifted(x, 3.0, x);
      for (std::size_t i = 0; i < n; ++i) CHECK(x[i] == (i == n / 2 ? 0.0 : 1.0));
    }
    std::vector<double> x(n, 0.0);
    x[n / 2] = std::nan("");
    CHECK(std::isnan(exp_shifted(x, 0.0, x)));
    CHECK(std::isnan(x[n / 2]));
  }
}
