#include "attn/mechanisms/local.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>

#include "attn/core/softmax.hpp"
#include "attn/mechanisms/mask.hpp"
#include "attn/mechanisms/pooling.hpp"
#include "tests/support/close.hpp"
#include "tests/support/fixture.hpp"
#include "tests/support/message.hpp"
#include "tests/support/random.hpp"

namespace attn::local {
using namespace attn::test;

namespace {

constexpr Options monotonic_2{.D = 2};
constexpr Options predictive_2{.D = 2, .gaussian = true};

double row_sum(const Mat& m, std::size_t i) {
  double sum = 0.0;
  for (std::size_t j = 0; j < cols(m); ++j) sum += m(i, j);
  return sum;
}

Options options_of(const Fixture& c) {
  return {.D = c["D"].integer(),
          .gaussian = c["gaussian"].flag(),
          .centre = c["centre"].text() == "floor" ? Centre::floor : Centre::real,
          .renormalise = c["renormalise"].flag()};
}

}  // namespace

TEST_CASE("local: the window is clipped to the sentence", "[local][law]") {
  const Mat scores = random_mat(3, 6, 1);
  const Forward f = forward(scores, Vec{0.0, 3.0, 5.0}, zeros(6, 1), monotonic_2);
  CHECK(close(f.window, Mat{{1, 1, 1, 0, 0, 0}, {0, 1, 1, 1, 1, 1}, {0, 0, 0, 1, 1, 1}}, 0.0));
}

TEST_CASE(
    "local: about p itself the window has 2D or 2D + 1 positions, about its floor always "
    "2D + 1",
    "[local][law]") {
  const Vec p{3.0, 3.25, 3.9};
  const Mat scores = random_mat(3, 9, 2);
  Options options = predictive_2;
  CHECK(close(
      forward(scores, p, zeros(9, 1), options).window,
      Mat{{0, 1, 1, 1, 1, 1, 0, 0, 0}, {0, 0, 1, 1, 1, 1, 0, 0, 0}, {0, 0, 1, 1, 1, 1, 0, 0, 0}},
      0.0));
  options.centre = Centre::floor;
  CHECK(close(
      forward(scores, p, zeros(9, 1), options).window,
      Mat{{0, 1, 1, 1, 1, 1, 0, 0, 0}, {0, 1, 1, 1, 1, 1, 0, 0, 0}, {0, 1, 1, 1, 1, 1, 0, 0, 0}},
      0.0));
}

TEST_CASE("local: a monotonic window over the whole sentence is global attention", "[local][law]") {
  const Mat scores = random_mat(3, 5, 3);
  const Mat values = random_mat(5, 2, 4);
  const Forward f = forward(scores, monotonic(0, 3), values, {.D = 1000});
  const pooling::Forward global = pooling::forward(scores, values, mask::full(3, 5));
  CHECK(close(f.weights, global.weights, 0.0));
  CHECK(close(f.context, global.context, 0.0));
}

TEST_CASE("local: the softmax sums to 1 inside the window, and the Gaussian leaves less",
          "[local][law]") {
  const Forward f =
      forward(random_mat(4, 7, 5), Vec{0.3, 2.5, 4.0, 6.9}, zeros(7, 2), predictive_2);
  for (std::size_t t = 0; t < 4; ++t) {
    CHECK(close(row_sum(f.align, t), 1.0, 1e-15));
    CHECK(close(row_sum(f.weights, t), f.kept(t), 1e-15));
    CHECK(f.kept(t) < 1.0);
    CHECK(f.kept(t) > 0.0);
  }
}

TEST_CASE("local: renormalised rows sum to 1 and keep their proportions", "[local][law]") {
  const Mat scores = random_mat(2, 6, 6);
  const Vec p{1.4, 4.2};
  const Mat values = random_mat(6, 3, 7);
  Options options = predictive_2;
  const Forward plain = forward(scores, p, values, options);
  options.renormalise = true;
  const Forward f = forward(scores, p, values, options);
  CHECK(close(f.damped, plain.weights, 0.0));
  for (std::size_t t = 0; t < 2; ++t) {
    CHECK(close(row_sum(f.weights, t), 1.0, 1e-15));
    for (std::size_t s = 0; s < 6; ++s) {
      CHECK(close(f.weights(t, s) * plain.kept(t), plain.weights(t, s), 1e-15));
    }
  }
}

TEST_CASE("local: the Gaussian is 1 at p and exp of -2 at the edge of the window", "[local][law]") {
  const Forward f = forward(zeros(1, 7), Vec{3.0}, zeros(7, 1), {.D = 3, .gaussian = true});
  CHECK(close(f.gaussian(0, 3), 1.0, 0.0));
  CHECK(close(f.gaussian(0, 0), std::exp(-2.0), 1e-16));
  CHECK(close(f.gaussian(0, 6), std::exp(-2.0), 1e-16));
}

TEST_CASE("local: without a Gaussian nothing is taken away and p has no gradient", "[local][law]") {
  const Mat scores = random_mat(2, 4, 8);
  const Mat values = random_mat(4, 3, 9);
  const Vec p = monotonic(1, 2);
  const Forward f = forward(scores, p, values, monotonic_2);
  CHECK(close(f.gaussian, Mat(Mat::shape_type{2, 4}, 1.0), 0.0));
  CHECK(close(f.weights, f.align, 0.0));
  const Backward b = backward(p, values, monotonic_2, f, random_mat(2, 3, 10));
  CHECK(close(b.d_p, zeros(2), 0.0));
}

TEST_CASE("local: a query beyond the sentence by more than D attends to nothing", "[local][law]") {
  for (const bool renormalise : {false, true}) {
    const Options options{.D = 1, .renormalise = renormalise};
    const Mat values = random_mat(3, 2, 11);
    const Vec p = monotonic(2, 3);  // 2, 3 and 4, where positions end at 2
    const Forward f = forward(random_mat(3, 3, 12), p, values, options);
    CHECK(close(f.window, Mat{{0, 1, 1}, {0, 0, 1}, {0, 0, 0}}, 0.0));
    CHECK(f.weights(1, 2) == 1.0);
    for (std::size_t s = 0; s < 3; ++s) CHECK(f.weights(2, s) == 0.0);
    for (std::size_t c = 0; c < 2; ++c) CHECK(f.context(2, c) == 0.0);
    CHECK(f.kept(2) == 0.0);
    const Backward b = backward(p, values, options, f, random_mat(3, 2, 13));
    for (std::size_t s = 0; s < 3; ++s) CHECK(b.d_scores(2, s) == 0.0);
  }
}

TEST_CASE("local: monotonic positions count from the first, and may be held at the last",
          "[local][law]") {
  CHECK(close(monotonic(0, 4), Vec{0, 1, 2, 3}, 0.0));
  CHECK(close(monotonic(3, 2), Vec{3, 4}, 0.0));
  CHECK(close(monotonic_within(1, 4, 3), Vec{1, 2, 2, 2}, 0.0));
}

TEST_CASE("local: a window of one position has all the weight of local-m", "[local][law]") {
  const Mat values = random_mat(4, 2, 14);
  const Forward f = forward(random_mat(1, 4, 15), Vec{2.0}, values, {.D = 0});
  CHECK(close(f.weights, Mat{{0, 0, 1, 0}}, 0.0));
}

TEST_CASE("local: large scores do not overflow", "[local][law]") {
  const Forward f = forward(Mat{{1e4, -1e4, 0.0, 1e4}}, Vec{1.0}, zeros(4, 1), {.D = 1});
  CHECK(close(f.weights, Mat{{1, 0, 0, 0}}, 0.0));
}

TEST_CASE("local: a position that is not a number makes nothing of it", "[local][law]") {
  const Forward f = forward(zeros(1, 3), Vec{std::nan("")}, zeros(3, 1), predictive_2);
  for (const double weight : f.weights) CHECK(std::isnan(weight));
}

TEST_CASE("local: one row by hand", "[local][reference]") {
  // p = 1.5, D = 2, sigma = 1: the window is -0.5 to 3.5, and so 0, 1, 2, 3. Equal scores give 1/4.
  const Forward f = forward(zeros(1, 5), Vec{1.5}, Mat{{1}, {2}, {4}, {8}, {16}}, predictive_2);
  const double near = std::exp(-0.125) / 4.0;
  const double far = std::exp(-1.125) / 4.0;
  CHECK(close(f.weights, Mat{{far, near, near, far, 0.0}}, 1e-16));
  CHECK(close(f.kept, Vec{2.0 * (near + far)}, 1e-16));
  CHECK(close(f.context, Mat{{9.0 * far + 6.0 * near}}, 1e-15));
}

TEST_CASE("local: gradients agree with central differences", "[local][gradient]") {
  for (const Centre centre : {Centre::real, Centre::floor}) {
    for (const bool renormalise : {false, true}) {
      const Options options{.D = 2, .gaussian = true, .centre = centre, .renormalise = renormalise};
      Mat scores = random_mat(3, 7, 20);
      Mat values = random_mat(7, 4, 21);
      Vec p{0.4, 3.3, 6.2};  // no window's edge comes near a position
      const Mat d_context = random_mat(3, 4, 22);
      const auto loss = [&] {
        return inner(forward(scores, p, values, options).context, d_context);
      };
      const Backward b =
          backward(p, values, options, forward(scores, p, values, options), d_context);
      CHECK(check_gradient(loss, scores, b.d_scores));
      CHECK(check_gradient(loss, values, b.d_annotations));
      CHECK(check_gradient(loss, p, b.d_p));
    }
  }
}

TEST_CASE("local: everything is as PyTorch computes it", "[local][reference]") {
  for (const Fixture& c : Fixture("local")["cases"].items()) {
    INFO(c.path());
    const Options options = options_of(c);
    const Vec p = c["p"].vec();
    const Mat values = c["annotations"].mat();
    const Forward f = forward(c["scores"].mat(), p, values, options);
    CHECK(fields_close(f, c["forward"], 1e-12));
    const Backward b = backward(p, values, options, f, c["d_context"].mat());
    CHECK(fields_close(b, c["backward"], 1e-12));
  }
}

TEST_CASE("local: where one weight is almost 1 each gradient is right relative to itself",
          "[local][reference]") {
  const Fixture c = Fixture("saturated")["local"];
  const Options options{.D = c["D"].integer(), .gaussian = true, .renormalise = true};
  const Vec p = c["p"].vec();
  const Mat values = c["annotations"].mat();
  const Forward f = forward(c["scores"].mat(), p, values, options);
  const Backward b = backward(p, values, options, f, c["d_context"].mat());
  CHECK(relatively_close(b.d_scores, c["d_scores"].mat(), 1e-12));
  CHECK(relatively_close(b.d_p, c["d_p"].vec(), 1e-12));
}

TEST_CASE("local: errors name the tensor and what was expected", "[local][errors]") {
  const Mat scores = zeros(2, 3);
  const Mat values = zeros(3, 4);
  const Vec p = zeros(2);
  CHECK(message_of<std::invalid_argument>([&] {
          forward(scores, p, values, {.D = 0, .gaussian = true});
        }) == "D is 0, and so is the Gaussian's sigma = D/2; local-p needs a D of at least 1");
  CHECK(message_of<ShapeError>([&] { forward(scores, zeros(3), values, monotonic_2); }) ==
        "p has shape (3), expected (2), that is (Tq): a position for each query");
  CHECK(message_of<ShapeError>([&] { forward(scores, p, zeros(4, 4), monotonic_2); }) ==
        "annotations has shape (4, 4), expected (3, 4), that is (Tk, dh): one for each position");
  CHECK(message_of<ShapeError>([&] { forward(zeros(2, 0), p, values, monotonic_2); }) ==
        "scores has shape (2, 0): axis Tk is empty");
  CHECK(message_of<ShapeError>([&] {
          backward(p, values, monotonic_2, forward(scores, p, values, monotonic_2), zeros(4, 2));
        }) ==
        "d_context has shape (4, 2), expected (2, 4), that is (Tq, dv): the shape of the context");
}

}  // namespace attn::local
