#include "attn/mechanisms/layer_norm.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "tests/support/close.hpp"
#include "tests/support/fixture.hpp"
#include "tests/support/message.hpp"
#include "tests/support/permute.hpp"
#include "tests/support/random.hpp"

namespace attn::layer_norm {
using namespace attn::test;

namespace {
Params random_params(std::size_t dm, std::uint64_t seed) {
  return {random_vec(dm, seed), random_vec(dm, seed + 1)};
}
}  // namespace

TEST_CASE("layer_norm: untrained, each row has mean 0 and a variance of almost 1",
          "[layer_norm][law]") {
  Params params = untrained(7);
  params.epsilon = 1e-14;
  const Forward f = forward(params, random_mat(4, 7, 1, 30.0));
  for (std::size_t i = 0; i < 4; ++i) {
    double sum = 0.0;
    double squares = 0.0;
    for (std::size_t k = 0; k < 7; ++k) {
      sum += f.y(i, k);
      squares += f.y(i, k) * f.y(i, k);
    }
    CHECK(close(sum, 0.0, 1e-13));
    CHECK(close(squares / 7.0, 1.0, 1e-13));
  }
}

TEST_CASE("layer_norm: a shift of a row changes nothing, a stretch only what epsilon does",
          "[layer_norm][law]") {
  const Params params = random_params(5, 2);
  const Mat x = random_mat(3, 5, 4);
  const Mat y = forward(params, x).y;
  CHECK(close(forward(params, x + 100.0).y, y, 1e-13));
  Params fine = params;
  fine.epsilon = 1e-14;
  CHECK(close(forward(fine, 4.0 * x).y, forward(fine, x).y, 1e-12));
  CHECK(close(forward(fine, -4.0 * x).normalised, Mat(-forward(fine, x).normalised), 1e-12));
}

TEST_CASE("layer_norm: permuting the rows permutes the result: each is normed by itself",
          "[layer_norm][law]") {
  const Params params = random_params(5, 6);
  const Mat x = random_mat(4, 5, 8);
  const Order order{2, 0, 3, 1};
  CHECK(close(forward(params, permute_rows(x, order)).y, permute_rows(forward(params, x).y, order),
              0.0));
}

TEST_CASE("layer_norm: a constant row becomes beta, and so does a row of width 1",
          "[layer_norm][law]") {
  const Params params{Vec{2.0, 3.0, 4.0}, Vec{-1.0, 0.5, 7.0}};
  const Forward f = forward(params, Mat{{0.1, 0.1, 0.1}, {1e300, 1e300, 1e300}});
  CHECK(close(f.variance, zeros(2), 0.0));
  CHECK(close(f.normalised, zeros(2, 3), 0.0));
  CHECK(close(f.y, Mat{{-1.0, 0.5, 7.0}, {-1.0, 0.5, 7.0}}, 0.0));
  const Params narrow{Vec{2.0}, Vec{-1.0}};
  const Mat x{{5.0}, {-0.3}};
  const Forward g = forward(narrow, x);
  CHECK(close(g.mean, Vec{5.0, -0.3}, 0.0));
  CHECK(close(g.y, Mat{{-1.0}, {-1.0}}, 0.0));
  const Backward b = backward(narrow, x, g, Mat{{1.0}, {2.0}});
  CHECK(close(b.d_x, zeros(2, 1), 0.0));
  CHECK(close(b.d_beta, Vec{3.0}, 0.0));
}

TEST_CASE("layer_norm: what flows back neither shifts a row nor stretches it",
          "[layer_norm][law]") {
  Params params = random_params(6, 10);
  params.epsilon = 1e-14;
  const Mat x = random_mat(3, 6, 12);
  const Mat d_x = backward(params, x, forward(params, x), random_mat(3, 6, 13)).d_x;
  for (std::size_t i = 0; i < 3; ++i) {
    double along_ones = 0.0;
    double along_x = 0.0;
    for (std::size_t k = 0; k < 6; ++k) {
      along_ones += d_x(i, k);
      along_x += d_x(i, k) * x(i, k);
    }
    CHECK(close(along_ones, 0.0, 1e-13));
    CHECK(close(along_x, 0.0, 1e-12));
  }
}

TEST_CASE("layer_norm: the variance is divided by the width, not by one less",
          "[layer_norm][reference]") {
  Params params = untrained(4);
  params.epsilon = 0.75;
  const Forward f = forward(params, Mat{{1.0, 1.0, 4.0, 4.0}});
  CHECK(close(f.mean, Vec{2.5}, 0.0));
  CHECK(close(f.variance, Vec{2.25}, 0.0));
  CHECK(close(f.y, Mat(Mat{{-1.5, -1.5, 1.5, 1.5}} / std::sqrt(3.0)), 1e-15));
}

TEST_CASE("layer_norm: the numbers of Keras 3, layer_normalization_test.py",
          "[layer_norm][reference]") {
  const Params params{Vec{1.0, 1.0, 1.0, 1.0, 1.0}, Vec{1.0, 1.0, 1.0, 1.0, 1.0}, 1e-3};
  CHECK(close(forward(params, Mat{{0.0, 1.0, 2.0, 3.0, 4.0}}).y,
              Mat{{-0.41386, 0.29307, 1.0, 1.70693, 2.41386}}, 5e-6));
}

TEST_CASE("layer_norm: gradients agree with central differences", "[layer_norm][gradient]") {
  Params params = random_params(5, 20);
  params.epsilon = 0.3;
  Mat x = random_mat(3, 5, 22);
  const Mat d_y = random_mat(3, 5, 23);
  const auto loss = [&] { return inner(forward(params, x).y, d_y); };
  const Backward b = backward(params, x, forward(params, x), d_y);
  CHECK(check_gradient(loss, params.gamma, b.d_gamma));
  CHECK(check_gradient(loss, params.beta, b.d_beta));
  CHECK(check_gradient(loss, x, b.d_x));
}

TEST_CASE("layer_norm: everything is as PyTorch computes it", "[layer_norm][reference]") {
  for (const Fixture& c : Fixture("layer_norm")["cases"].items()) {
    INFO(c.path());
    const Params params{c["gamma"].vec(), c["beta"].vec(), c["epsilon"].number()};
    const Mat x = c["x"].mat();
    const Forward f = forward(params, x);
    CHECK(fields_close(f, c["forward"], 1e-12));
    CHECK(fields_close(backward(params, x, f, c["d_y"].mat()), c["backward"], 1e-12));
  }
}

TEST_CASE("layer_norm: errors name the tensor and what was expected", "[layer_norm][errors]") {
  const Params params = untrained(3);
  CHECK(message_of<ShapeError>([&] { forward(params, zeros(2, 4)); }) ==
        "gamma has shape (3), expected (4), that is (dm): one entry for each column of x");
  CHECK(message_of<ShapeError>([&] {
          forward({zeros(4), zeros(3)}, zeros(2, 4));
        }) == "beta has shape (3), expected (4), that is (dm): one entry for each column of x");
  CHECK(message_of<ShapeError>([&] { forward(params, zeros(0, 3)); }) ==
        "x has shape (0, 3): axis T is empty");
  CHECK(message_of<ShapeError>([&] { forward(untrained(0), zeros(2, 0)); }) ==
        "x has shape (2, 0): axis dm is empty");
  for (const auto& [epsilon, text] : {std::pair{0.0, "0"}, {-0.5, "-0.5"}}) {
    CHECK(message_of<std::invalid_argument>([&, epsilon = epsilon] {
            forward({zeros(3), zeros(3), epsilon}, zeros(2, 3));
          }) == std::string("epsilon is ") + text + ", expected a number greater than 0");
  }
  CHECK_THROWS(
      forward({zeros(3), zeros(3), std::numeric_limits<double>::quiet_NaN()}, zeros(2, 3)));
  CHECK_THROWS(forward({zeros(3), zeros(3), std::numeric_limits<double>::infinity()}, zeros(2, 3)));
  const Forward f = forward(params, zeros(2, 3));
  CHECK(message_of<ShapeError>([&] { backward(params, zeros(2, 3), f, zeros(3, 2)); }) ==
        "d_y has shape (3, 2), expected (2, 3), that is (T, dm): the shape of y");
}

}  // namespace attn::layer_norm
