#include "attn/render/summary.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>

#include "tests/render/samples.hpp"

using namespace attn::render;
using attn::test::tensor;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

std::string summed_up(const attn::trace::Tensor& tensor, std::size_t columns = 70) {
  std::string text;
  for (const Line& line : summary_block(tensor, {columns, false, 4})) {
    line.write(text, columns, false);
  }
  return text;
}

}  // namespace

TEST_CASE("summary: statistics of a few numbers", "[summary][reference]") {
  const Statistics s =
      statistics(std::vector<double>{3.0, -4.0, 0.0, inf, std::nan(""), -inf, -inf});
  CHECK(s.finite == 3);
  CHECK(s.infinite == 1);
  CHECK(s.minus_infinite == 2);
  CHECK(s.nan == 1);
  CHECK(s.min == -4.0);
  CHECK(s.max == 3.0);
  CHECK(std::abs(s.mean + 1.0 / 3.0) < 1e-15);
  CHECK(s.norm == 5.0);
}

TEST_CASE("summary: neither large nor small numbers spoil mean and norm", "[summary][law]") {
  for (const double unit : {1e300, 1e-300, 1e200, 1e-160}) {
    const Statistics s = statistics(std::vector<double>{3.0 * unit, 4.0 * unit});
    CHECK(std::abs(s.norm / (5.0 * unit) - 1.0) < 1e-14);
    CHECK(std::abs(s.mean / (3.5 * unit) - 1.0) < 1e-14);
  }
  const Statistics zeros = statistics(std::vector<double>(3, 0.0));
  CHECK(zeros.norm == 0.0);
  CHECK(statistics(std::vector<double>{inf}).finite == 0);
}

TEST_CASE("summary: a matrix shows its corners", "[summary][reference]") {
  std::vector<double> values;
  for (int i = 0; i < 9 * 50; ++i) values.push_back(i);
  values[0] = -inf;
  // 1 + … + 449 = 101025, over 449 numbers; the root of 1² + … + 449² = 30273825.
  CHECK(summed_up(tensor("x", {"n", "m"}, {9, 50}, values)) == R"(450 numbers, 1 of them −∞
min 1, max 449, mean 225, norm 5502.1655
n↓ m→  [0]  [1]  [2]  …  [47]  [48]  [49]
  [0]   −∞    1    2  …    47    48    49
  [1]   50   51   52  …    97    98    99
  [2]  100  101  102  …   147   148   149
    …    …    …    …  …     …     …     …
  [6]  300  301  302  …   347   348   349
  [7]  350  351  352  …   397   398   399
  [8]  400  401  402  …   447   448   449
whole: --npy DIR (x.npy) or --format json
)");
}

TEST_CASE("summary: rounding is not shown as a result", "[summary][reference]") {
  std::vector<double> values(100, 0.0);
  values[0] = 2;
  values[1] = -2;
  values[2] = 1e-16;  // the mean is 1e-18, the norm the root of 8
  CHECK(summed_up(tensor("x", {"n"}, {100}, values)) == R"(100 numbers
min -2, max 2, mean ~0, norm 2.8284
[0]  [1]  [2]  …  [97]  [98]  [99]
  2   -2   ~0  …     0     0     0
whole: --npy DIR (x.npy) or --format json
)");
  CHECK(shows_noise(tensor("x", {"n"}, {100}, values)));
  std::fill(values.begin() + 1, values.end(), 1.0);
  CHECK_FALSE(shows_noise(tensor("x", {"n"}, {100}, values)));
  values[50] = 1e-16;  // among those that are left out, but the smallest
  CHECK(shows_noise(tensor("x", {"n"}, {100}, values)));
}

TEST_CASE("summary: a vector shows its ends", "[summary][reference]") {
  std::vector<double> values(100, 0.5);
  values[0] = 2;
  // 2 + 99 / 2 = 51.5; 4 + 99 / 4 = 28.75, whose root is 5.36190…
  CHECK(summed_up(tensor("loss", {"epoch"}, {100}, values)) == R"(100 numbers
min 0.5, max 2, mean 0.515, norm 5.3619
[0]  [1]  [2]  …  [97]  [98]  [99]
2.0  0.5  0.5  …   0.5   0.5   0.5
whole: --npy DIR (loss.npy) or --format json
)");
}
