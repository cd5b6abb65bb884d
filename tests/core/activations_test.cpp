#include "attn/core/activations.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>

#include "tests/support/close.hpp"
#include "tests/support/message.hpp"
#include "tests/support/random.hpp"

namespace attn {
using namespace attn::test;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

/// How many units in the last place lie between the two.
double ulps(double got, double expected) {
  const double unit = std::nextafter(std::abs(expected), inf) - std::abs(expected);
  return std::abs(got - expected) / unit;
}

}  // namespace

TEST_CASE("activations: tanh is that of the standard library to two units in the last place",
          "[activations][reference]") {
  for (const double spread : {1e-300, 1e-8, 0.1, 0.6, 1.0, 3.0, 20.0, 1e3}) {
    const Vec x = random_vec(1000, 7, spread);
    const Vec y = attn::tanh(x);
    double worst = 0.0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      worst = std::max(worst, ulps(y(i), std::tanh(x(i))));
    }
    CAPTURE(spread);
    CHECK(worst <= 2.0);
  }
}

TEST_CASE("activations: sigmoid is 1 / (1 + exp(-x))", "[activations][reference]") {
  const Vec x = random_vec(1000, 8, 5.0);
  const Vec y = sigmoid(x);
  for (std::size_t i = 0; i < x.size(); ++i) {
    CHECK(ulps(y(i), 1.0 / (1.0 + std::exp(-x(i)))) <= 2.0);
  }
}

TEST_CASE("activations: the ends of the line and NaN", "[activations][law]") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(close(attn::tanh(Vec{0.0, -0.0, 1e4, -1e4, inf, -inf, nan}),
              Vec{0.0, 0.0, 1.0, -1.0, 1.0, -1.0, nan}, 0.0));
  CHECK(close(sigmoid(Vec{0.0, 1e4, inf, nan}), Vec{0.5, 1.0, 1.0, nan}, 0.0));
  CHECK(sigmoid(Vec{-1e4})(0) < 1e-300);
  CHECK(sigmoid(Vec{-inf})(0) < 1e-300);
}

TEST_CASE("activations: the result does not depend on the place in the tensor",
          "[activations][law]") {
  const Vec x = random_vec(131, 9, 2.0);
  const Vec y = attn::tanh(x);
  const Vec s = sigmoid(x);
  for (std::size_t i = 0; i < x.size(); ++i) {
    CHECK(attn::tanh(Vec{x(i)})(0) == y(i));
    CHECK(sigmoid(Vec{x(i)})(0) == s(i));
  }
}

TEST_CASE("activations: an expression is evaluated, and by our functions", "[activations][law]") {
  const Vec a = random_vec(5, 12);
  const Vec b = random_vec(5, 13);
  STATIC_CHECK(std::is_same_v<decltype(tanh(a + b)), Vec>);  // not a lazy one of xtensor's
  STATIC_CHECK(std::is_same_v<decltype(tanh(a)), Vec>);
  STATIC_CHECK(std::is_same_v<decltype(sigmoid(2.0 * random_mat(1, 2, 3))), Mat>);
  CHECK(close(tanh(a + b), attn::tanh(Vec(a + b)), 0.0));
}

TEST_CASE("activations: slopes agree with central differences", "[activations][gradient]") {
  Ten3 x = random_ten3(2, 3, 4, 10);
  const Ten3 d_y = random_ten3(2, 3, 4, 11);
  CHECK(check_gradient([&] { return inner(attn::tanh(x), d_y); }, x,
                       tanh_backward(attn::tanh(x), d_y)));
  CHECK(
      check_gradient([&] { return inner(sigmoid(x), d_y); }, x, sigmoid_backward(sigmoid(x), d_y)));
}

TEST_CASE("activations: errors name the tensor and what was expected", "[activations][errors]") {
  CHECK(message_of<ShapeError>([] { tanh_backward(zeros(1, 2, 3), zeros(2, 2, 2)); }) ==
        "d_y has shape (2, 2, 2), expected (1, 2, 3): the shape of y");
  CHECK(message_of<ShapeError>([] { sigmoid_backward(zeros(2), zeros(3)); }) ==
        "d_y has shape (3), expected (2): the shape of y");
}

}  // namespace attn
