#include "attn/render/number.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

using attn::render::format_for;
using attn::render::noise_of;
using attn::render::NumberFormat;
using attn::render::show;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

/// All numbers of a tensor, each as "left|right": the bar is where the column is aligned.
std::vector<std::string> shown(const std::vector<double>& values, int precision = 4) {
  const NumberFormat format = format_for(values, precision);
  std::vector<std::string> texts;
  for (const double value : values) {
    const auto text = show(value, format);
    texts.push_back(text.left + "|" + text.right);
  }
  return texts;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("number: whole numbers have no point", "[number][reference]") {
  CHECK(shown({2, 0, -1}) == Texts{"2|", "0|", "-1|"});
  CHECK(shown({9999999}) == Texts{"9999999|"});
}

TEST_CASE("number: as many digits as show every number exactly", "[number][reference]") {
  CHECK(shown({0.5, -1, 2}) == Texts{"0|.5", "-1|.0", "2|.0"});
  CHECK(shown({0.125, 0.1}) == Texts{"0|.125", "0|.100"});
  CHECK(shown({0.0001, 1}) == Texts{"0|.0001", "1|.0000"});
}

TEST_CASE("number: other numbers have as many digits as asked for", "[number][reference]") {
  CHECK(shown({1.0 / 3, 2}) == Texts{"0|.3333", "2|.0000"});
  CHECK(shown({0.1 + 0.2, 1}) == Texts{"0|.3000", "1|.0000"});  // 0.30000000000000004
  CHECK(shown({1.0 / 3}, 2) == Texts{"0|.33"});
  CHECK(shown({2.0 / 3}, 0) == Texts{"1|"});
  CHECK(shown({1.0 / 3}, 17) == Texts{"0|.3333333333333333"});
}

TEST_CASE("number: zero is a single 0 and nothing else is", "[number][reference]") {
  CHECK(shown({1.0 / 3, 0, -0.0}) == Texts{"0|.3333", "0|", "0|"});
  CHECK(shown({1.0 / 3, 2.0 / 3, 0.00004}) == Texts{"0|.3333", "0|.6667", "4|e-5"});
  CHECK(shown({1.0 / 3, 2.0 / 3, 1e-18}) == Texts{"0|.3333", "0|.6667", "1|e-18"});
  CHECK(shown({1.0 / 3, 2.0 / 3, -1.26e-9}, 6) == Texts{"0|.333333", "0|.666667", "-1|.26e-9"});
}

TEST_CASE("number: a few large ones are scientific among others", "[number][reference]") {
  CHECK(shown({1.0 / 3, 2.0 / 3, -1e9}) == Texts{"0|.3333", "0|.6667", "-1|e9"});
  CHECK(shown({1, 2, 1.25e12}) == Texts{"1|", "2|", "1|.25e12"});
}

TEST_CASE("number: where none is of a size to read, all are scientific", "[number][reference]") {
  CHECK(shown({1.0 / 3e5, 2.5e-7, 0}) == Texts{"3|.3333e-6", "2|.5000e-7", "0|"});
  CHECK(shown({1e-5, 2.5e-7}) == Texts{"1|.0e-5", "2|.5e-7"});
  CHECK(shown({2e30, -3e31}) == Texts{"2|e30", "-3|e31"});
  CHECK(shown({5.5e-4, 1e-9}) == Texts{"5|.5e-4", "1|.0e-9"});
}

TEST_CASE("number: tiny ones stand in cells of their own, however many", "[number][reference]") {
  CHECK(shown({1.0 / 3, 1.0 / 3e5}) == Texts{"0|.3333", "3|.3e-6"});
  CHECK(shown({1.0 / 3, 1.0 / 3e5, 2.0 / 3e5}) == Texts{"0|.3333", "3|.3e-6", "6|.7e-6"});
  CHECK(shown({0.5, 1e-7, 1e-12, 1e-300}) == Texts{"0|.5", "1|e-7", "1|e-12", "1|e-300"});
  CHECK(shown({1, 1e-7, 2e-7, 3e-7}) == Texts{"1|", "1|e-7", "2|e-7", "3|e-7"});
  CHECK(shown({2e30, -3e31, 1}) == Texts{"2|e30", "-3|e31", "1|"});
  CHECK(shown({1.0 / 3, 0.00007}) == Texts{"0|.3333", "7|e-5"});  // not the 0.0001 next to it
}

TEST_CASE("number: without decimals there is one rule for all", "[number][reference]") {
  CHECK(shown({-0.5, 0.5, 1.0 / 3}, 0) == Texts{"-5|e-1", "5|e-1", "3|e-1"});
  CHECK(shown({-2.5, 0.7, 1.0 / 3}, 0) == Texts{"-2|", "1|", "3|e-1"});
}

TEST_CASE("number: two digits are left, or it is scientific", "[number][reference]") {
  CHECK(shown({0.0123456}, 3) == Texts{"0|.012"});
  CHECK(shown({0.00123456}, 3) == Texts{"1|.235e-3"});
  CHECK(shown({0.0123456}, 2) == Texts{"0|.01"});  // with so few digits asked for, one will do
  CHECK(shown({0.00123456}, 2) == Texts{"1|.23e-3"});
}

TEST_CASE("number: what is not finite has a sign of its own", "[number][reference]") {
  CHECK(shown({1.5, -inf, inf, std::nan("")}) == Texts{"1|.5", "−∞|", "∞|", "NaN|"});
  CHECK(shown({-inf, -inf}) == Texts{"−∞|", "−∞|"});
}

TEST_CASE("number: what rounding left of a zero is ~0 and has no say", "[number][reference]") {
  const auto noisy = [](const std::vector<double>& values) {
    const NumberFormat format = format_for(values, 4, noise_of(values));
    std::vector<std::string> texts;
    for (const double value : values) {
      const auto text = show(value, format);
      texts.push_back(text.left + "|" + text.right);
    }
    return texts;
  };
  CHECK(noisy({1e-16, -5e-17, 0.5}) == Texts{"~0|", "~0|", "0|.5"});
  CHECK(noisy({1, 0, 1e-15}) == Texts{"1|", "0|", "~0|"});  // 0 stays what is exactly 0
  CHECK(noisy({1, 1e-14, 9e-15}) == Texts{"1|", "1|e-14", "~0|"});
  CHECK(noisy({-4e12, 0.01}) == Texts{"-4|e12", "~0|"});
  CHECK(noisy({2e-18, 1e-18}) == Texts{"2|e-18", "1|e-18"});  // tiny throughout
  CHECK(noisy({-inf, std::nan(""), 2, 1e-15}) == Texts{"−∞|", "NaN|", "2|", "~0|"});
  CHECK(noise_of({}) == 0.0);
  CHECK(noise_of(std::vector<double>{inf, -300.0, std::nan(""), 2.0}) == 1e-14 * 300.0);
}

TEST_CASE("number: one by itself", "[number][reference]") {
  CHECK(show(0.5, 4) == "0.5");
  CHECK(show(1 / std::sqrt(3.0), 4) == "0.5774");
  CHECK(show(1e-300, 4) == "1e-300");
  CHECK(show(0.0, 4) == "0");
  CHECK(show(-123456789.0, 4) == "-1.2346e8");
}

TEST_CASE("number: whatever is shown is near, and zero only if it is", "[number][law]") {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> mantissa(-10, 10);
  std::uniform_int_distribution<int> exponent(-20, 20), digits(0, 17), count(1, 9), spread(0, 20);
  for (int round = 0; round < 3000; ++round) {
    const int precision = digits(random), around = exponent(random);
    std::uniform_int_distribution<int> near(around - spread(random), around);
    std::vector<double> values;
    for (int n = count(random); n > 0; --n) {
      values.push_back(mantissa(random) * std::pow(10, near(random)));
    }
    const NumberFormat format = format_for(values, precision);
    for (const double value : values) {
      const auto text = show(value, format);
      const double read = std::stod(text.left + text.right);
      REQUIRE((read == 0.0) == (value == 0.0));
      // Half of the last digit, or for a lone small number half of its first.
      const double allowed =
          format.scientific || std::abs(value) >= 1e7
              ? 0.5 * std::abs(value)
              : std::max(0.5 * std::pow(10, -format.decimals), 0.5 * std::abs(value));
      REQUIRE(std::abs(read - value) <= allowed * (1 + 1e-9));
      REQUIRE(format.decimals <= precision);
    }
  }
}
