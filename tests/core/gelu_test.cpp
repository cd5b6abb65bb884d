#include "attn/core/gelu.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>

#include "attn/core/activations.hpp"
#include "tests/support/close.hpp"
#include "tests/support/fixture.hpp"
#include "tests/support/message.hpp"
#include "tests/support/random.hpp"

namespace attn {
using namespace attn::test;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

Vec ones(std::size_t n) { return Vec(Vec::shape_type{n}, 1.0); }

}  // namespace

TEST_CASE("gelu: relu, gelu and their slopes are as PyTorch computes them", "[gelu][reference]") {
  for (const Fixture& c : Fixture("gelu")["cases"].items()) {
    const std::string activation = c["activation"].text();
    INFO(activation);
    const Vec x = c["x"].vec();
    const Vec one = ones(x.size());
    const Vec y = activation == "relu" ? relu(x) : activation == "gelu" ? gelu(x) : gelu_tanh(x);
    const Vec slope = activation == "relu"   ? relu_backward(x, one)
                      : activation == "gelu" ? gelu_backward(x, one)
                                             : gelu_tanh_backward(x, one);
    CHECK(close(y, c["y"].vec(), 1e-14));
    CHECK(close(slope, c["slope"].vec(), 1e-14));
  }
}

TEST_CASE("gelu: x Phi(x) has all its digits where Phi is small, too", "[gelu][reference]") {
  const Vec x{-1e-3, -0.5, -1.0, -2.0, -4.0, -8.0, -16.0, -30.0, 0.3, 1.5, 5.0, 9.0};
  const Vec y = gelu(x);
  for (std::size_t i = 0; i < x.size(); ++i) {
    CAPTURE(x(i));
    const double expected = 0.5 * x(i) * std::erfc(-x(i) / std::sqrt(2.0));
    CHECK(std::abs(y(i) - expected) <= 2e-13 * std::abs(expected));
  }
}

TEST_CASE("gelu: gelu is 0 at 0, x far to the right, and x Phi(x) at 1", "[gelu][law]") {
  CHECK(close(gelu(Vec{0.0, 1.0, 50.0, 1e200}), Vec{0.0, 0.8413447460685429, 50.0, 1e200}, 1e-15));
  CHECK(close(gelu_tanh(Vec{0.0, 50.0, 1e200}), Vec{0.0, 50.0, 1e200}, 0.0));
}

TEST_CASE("gelu: far to the left nothing is let through, and no slope is NaN", "[gelu][law]") {
  const Vec x{-50.0, -1e4, -1e103, -1e200};
  CHECK(close(gelu(x), zeros(4), 1e-100));
  CHECK(close(gelu_tanh(x), zeros(4), 1e-100));
  CHECK(close(gelu_backward(x, ones(4)), zeros(4), 1e-100));
  CHECK(close(gelu_tanh_backward(x, ones(4)), zeros(4), 1e-100));
  CHECK(close(gelu_backward(Vec(-1.0 * x), ones(4)), ones(4), 1e-15));
  CHECK(close(gelu_tanh_backward(Vec(-1.0 * x), ones(4)), ones(4), 1e-15));
}

TEST_CASE("gelu: the approximation with tanh is within a thousandth", "[gelu][law]") {
  const Vec x = random_vec(1000, 3, 3.0);
  CHECK(close(gelu_tanh(x), gelu(x), 1e-3));
}

TEST_CASE("gelu: relu cuts off what is negative, and has slope 0 at 0", "[gelu][law]") {
  CHECK(close(relu(Vec{-2.0, -0.0, 0.0, 3.0, inf, -inf}), Vec{0.0, 0.0, 0.0, 3.0, inf, 0.0}, 0.0));
  CHECK(!std::signbit(relu(Vec{-0.0})(0)));
  CHECK(close(relu_backward(Vec{-2.0, 0.0, 3.0}, Vec{5.0, 6.0, 7.0}), Vec{0.0, 0.0, 7.0}, 0.0));
}

TEST_CASE("gelu: NaN stays NaN", "[gelu][law]") {
  const Vec x{1.0, nan};
  for (const Vec& y : {relu(x), gelu(x), gelu_tanh(x), gelu_backward(x, ones(2)),
                       gelu_tanh_backward(x, ones(2))}) {
    CHECK(std::isfinite(y(0)));
    CHECK(std::isnan(y(1)));
  }
}

TEST_CASE("gelu: the result does not depend on the place in the tensor", "[gelu][law]") {
  const Vec x = random_vec(131, 9, 2.0);
  const Vec y = gelu(x);
  const Vec slope = gelu_backward(x, ones(131));
  for (std::size_t i = 0; i < x.size(); ++i) {
    CHECK(gelu(Vec{x(i)})(0) == y(i));
    CHECK(gelu_backward(Vec{x(i)}, ones(1))(0) == slope(i));
  }
}

TEST_CASE("gelu: slopes agree with central differences", "[gelu][gradient]") {
  Ten3 x = random_ten3(2, 3, 4, 10);
  const Ten3 d_y = random_ten3(2, 3, 4, 11);
  CHECK(check_gradient([&] { return inner(relu(x), d_y); }, x, relu_backward(x, d_y)));
  CHECK(check_gradient([&] { return inner(gelu(x), d_y); }, x, gelu_backward(x, d_y)));
  CHECK(check_gradient([&] { return inner(gelu_tanh(x), d_y); }, x, gelu_tanh_backward(x, d_y)));
}

TEST_CASE("gelu: errors name the tensor and what was expected", "[gelu][errors]") {
  const std::string said = "d_y has shape (3), expected (2): the shape of x";
  CHECK(message_of<ShapeError>([] { relu_backward(zeros(2), zeros(3)); }) == said);
  CHECK(message_of<ShapeError>([] { gelu_backward(zeros(2), zeros(3)); }) == said);
  CHECK(message_of<ShapeError>([] { gelu_tanh_backward(zeros(2), zeros(3)); }) == said);
}

}  // namespace attn
