#include "attn/training/kernel_width.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>

#include "attn/core/shape_error.hpp"
#include "attn/training/divergence_error.hpp"
#include "attn/training/gradient_descent.hpp"
#include "attn/training/toy_data.hpp"
#include "tests/support/close.hpp"
#include "tests/support/message.hpp"
#include "tests/support/random.hpp"

using namespace attn;
using namespace attn::kernel_width;
using namespace attn::test;
using squared_error::Reduction;

namespace {

Mat column(const Vec& entries) {
  Mat m = zeros(entries.size(), 1);
  std::copy(entries.begin(), entries.end(), m.begin());
  return m;
}

}  // namespace

TEST_CASE("kernel width: loss, gradient and w of every epoch are PyTorch's",
          "[kernel_width][reference]") {
  for (const Fixture& c : Fixture("kernel_width")["cases"].items()) {
    INFO(c["name"].text());
    const Config config{c["initial_w"].number(), c["learning_rate"].number(), c["epochs"].integer(),
                        c["reduction"].text() == "sum" ? Reduction::sum : Reduction::mean};
    CHECK(fields_close(learn(c["x"].mat(), c["y"].mat(), config), c, 1e-12));
  }
}

TEST_CASE("kernel width: distances in a unit whose square no double is", "[kernel_width][law]") {
  const Mat x{{0.0}, {1.0}, {2.5}, {3.0}}, y{{0.0}, {1.0}, {0.5}, {2.0}};
  const Result usual = learn(x, y, {.initial_w = 0.75, .epochs = 0});
  for (const double unit : {0x1p-600, 0x1p600}) {
    const Mat there = unit * x;
    const Result r = learn(there, y, {.initial_w = 0.75 / unit, .epochs = 0});
    CHECK(r.loss(0) == usual.loss(0));
    CHECK(r.gradient(0) == unit * usual.gradient(0));
  }
}

TEST_CASE("kernel width: three points worked by hand", "[kernel_width][reference]") {
  // x = 0, 1, 2 and y = 0, 1, 0. The outer points see the others at distances 1 and 2 and predict
  // a = 1 / (1 + exp(-3 w^2 / 2)); the middle one predicts 0. L = 2 a^2 + 1, da/dw = 3 w a (1 - a).
  const Result r = learn(Mat{{0.0}, {1.0}, {2.0}}, Mat{{0.0}, {1.0}, {0.0}}, {1.0, 0.1, 1});
  const double a = 1.0 / (1.0 + std::exp(-1.5));
  CHECK(close(r.loss(0), 2.0 * a * a + 1.0, 1e-14));
  CHECK(close(r.gradient(0), 4.0 * a * 3.0 * a * (1.0 - a), 1e-14));
  CHECK(close(r.w(1), 1.0 - 0.1 * 12.0 * a * a * (1.0 - a), 1e-14));
}

TEST_CASE("kernel width: the gradient agrees with central differences",
          "[kernel_width][gradient]") {
  const Mat x = random_mat(6, 2, 1);
  const Mat y = random_mat(6, 3, 2);
  for (const Reduction reduction : {Reduction::sum, Reduction::mean}) {
    Config config{1.3, 0.0, 0, reduction};
    const double gradient = learn(x, y, config).gradient(0);
    CHECK(check_gradient([&] { return learn(x, y, config).loss(0); }, config.initial_w, gradient));
  }
}

TEST_CASE("kernel width: a small learning rate lowers the loss in every epoch",
          "[kernel_width][law]") {
  const toy_data::Points points = toy_data::sample(50, 0.5, 11);
  const Result r = learn(column(points.x), column(points.y), {1.0, 0.01, 20});
  REQUIRE(r.loss.size() == 21);
  for (std::size_t epoch = 1; epoch <= 20; ++epoch) CHECK(r.loss(epoch) < r.loss(epoch - 1));
  CHECK(r.w(0) == 1.0);
}

TEST_CASE("kernel width: with a learning rate of 0 nothing changes", "[kernel_width][law]") {
  const Result r = learn(Mat{{0.0}, {1.0}, {3.0}}, Mat{{0.0}, {1.0}, {5.0}}, {2.0, 0.0, 2});
  CHECK(close(r.w, Vec{2.0, 2.0, 2.0}, 0.0));
  CHECK(r.loss(2) == r.loss(0));
}

TEST_CASE("kernel width: a w that leaves the positive numbers is reported",
          "[kernel_width][errors]") {
  const Mat x{{0.0}, {1.0}, {2.0}};
  const Mat y{{0.0}, {1.0}, {0.0}};  // the wider the kernel, the better: w falls
  CHECK(message_of<DivergenceError>([&] {
          learn(x, y, {0.5, 10.0, 5});
        }).starts_with("training diverged: after epoch 1 w is -"));
  CHECK(message_of<DivergenceError>([&] {
          learn(x, y, {0.5, 10.0, 5});
        }).ends_with(", expected a positive number; the learning rate is 10, try a smaller one"));
  CHECK_NOTHROW(learn(x, y, {0.5, 10.0, 0}));
}

TEST_CASE("kernel width: a loss that is not finite is reported", "[kernel_width][errors]") {
  CHECK(message_of<DivergenceError>([] {
          learn(Mat{{0.0}, {1.0}}, Mat{{0.0}, {1e200}}, {1.0, 0.5, 3});
        }) ==
        "training diverged: after epoch 0 the loss is inf, expected a finite number; the values "
        "are too large to square");
}

TEST_CASE("kernel width: arguments that do not fit are named", "[kernel_width][errors]") {
  const auto message = [](const Mat& x, const Mat& y) {
    return message_of<ShapeError>([&] { learn(x, y, {}); });
  };
  CHECK(message(zeros(3, 1), zeros(4, 1)) ==
        "y has shape (4, 1), expected (3, 1), that is (n, dv): each point has one value");
  CHECK(message(zeros(1, 2), zeros(1, 1)) ==
        "x has shape (1, 2), expected at least two points: each is predicted from the others");
  CHECK(message(zeros(0, 1), zeros(0, 1)) == "x has shape (0, 1): axis n is empty");
  for (const double width : {0.0, -1.0}) {
    CHECK(message_of<std::invalid_argument>([&] { learn(zeros(2, 1), zeros(2, 1), {width}); }) ==
          "the initial w is " + std::string(width == 0.0 ? "0" : "-1") +
              ", expected a positive number");
  }
}

TEST_CASE("kernel width: the loss with each point left out is that of training, for any kernel",
          "[kernel_width][reference]") {
  const Mat x = random_mat(6, 2, 3);
  const Mat y = random_mat(6, 3, 4);
  CHECK(close(left_out_loss(x, y, kernel_regression::Kernel::gaussian, 0.5, Reduction::mean),
              learn(x, y, {2.0, 0.0, 0, Reduction::mean}).loss(0), 1e-14));
  // y = 0, 3, 6: the means of the others are 4.5, 3 and 1.5.
  CHECK(close(left_out_loss(Mat{{0.0}, {1.0}, {2.0}}, Mat{{0.0}, {3.0}, {6.0}},
                            kernel_regression::Kernel::constant, 1.0, Reduction::sum),
              2 * 4.5 * 4.5, 1e-14));
  CHECK(message_of<ShapeError>([] {
          left_out_loss(zeros(1, 2), zeros(1, 1), kernel_regression::Kernel::boxcar, 1.0,
                        Reduction::sum);
        }) ==
        "x has shape (1, 2), expected at least two points: each is predicted from the others");
}

TEST_CASE("gradient descent: a step goes against the gradient", "[gradient_descent][law]") {
  double number = 2.0;
  descend(number, 3.0, 0.5);
  CHECK(number == 0.5);
  Mat tensor{{1.0, 2.0}};
  descend(tensor, Mat{{4.0, -4.0}}, 0.25);
  CHECK(close(tensor, Mat{{0.0, 3.0}}, 0.0));
}
