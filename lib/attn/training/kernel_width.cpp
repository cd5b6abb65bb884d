#include "attn/training/kernel_width.hpp"

#include <cmath>
#include <sstream>

#include "attn/core/complete.hpp"
#include "attn/core/shape_error.hpp"
#include "attn/core/wide.hpp"
#include "attn/mechanisms/mask.hpp"
#include "attn/training/divergence_error.hpp"
#include "attn/training/gradient_descent.hpp"

namespace attn::kernel_width {
namespace {

/// So that the bandwidth 1/w is a positive number, too.
bool may_be_w(double w) { return w > 0.0 && std::isfinite(w) && std::isfinite(1.0 / w); }

void expect_points(const Mat& x, const Mat& y) {
  expect_nonempty("x", shape_of(x), "n,dx");
  expect_nonempty("y", shape_of(y), "n,dv");
  expect_shape("y", shape_of(y), {rows(x), cols(y)}, "n,dv", "each point has one value");
  if (rows(x) < 2) {
    throw ShapeError("x has shape " + to_string(shape_of(x)) +
                     ", expected at least two points: each is predicted from the others");
  }
}

void expect_w(double w) {
  if (may_be_w(w)) return;
  std::ostringstream text;
  text << "the initial w is " << w << ", expected a positive number";
  throw std::invalid_argument(text.str());
}

/// \param epoch how many are done; before the first the learning rate has not done anything yet.
[[noreturn]] void diverged(std::size_t epoch, const char* what, double value, const char* expected,
                           double learning_rate) {
  std::ostringstream text;
  text << "training diverged: after epoch " << epoch << " " << what << " is " << value
       << ", expected " << expected << "; ";
  if (epoch == 0) {
    text << "the values are too large to square";
  } else {
    text << "the learning rate is " << learning_rate << ", try a smaller one";
  }
  throw DivergenceError(text.str());
}

}  // namespace

Result learn(const Mat& x, const Mat& y, const Config& config) {
  expect_points(x, y);
  expect_w(config.initial_w);
  const Mask others = mask::leave_one_out(rows(x));
  const auto gaussian = kernel_regression::Kernel::gaussian;
  Result result{zeros(config.epochs + 1), zeros(config.epochs + 1), zeros(config.epochs + 1)};

  double w = config.initial_w;
  for (std::size_t epoch = 0; epoch <= config.epochs; ++epoch) {
    if (!may_be_w(w)) {
      diverged(epoch, "w", w, "a positive number", config.learning_rate);
    }
    const kernel_regression::Forward f =
        kernel_regression::forward(x, x, y, others, gaussian, 1.0 / w);
    expect_complete(f);
    result.loss(epoch) = squared_error::loss(f.prediction, y, config.reduction);
    if (!std::isfinite(result.loss(epoch))) {
      diverged(epoch, "the loss", result.loss(epoch), "a finite number", config.learning_rate);
    }
    const Mat d_prediction = squared_error::backward(f.prediction, y, config.reduction);
    const kernel_regression::Backward b =
        kernel_regression::backward(x, x, y, gaussian, 1.0 / w, f, d_prediction);
    expect_complete(b);
    result.gradient(epoch) = (-Wide(b.d_bandwidth) / w / w).narrow();  // h = 1/w, so dh/dw = -1/w^2
    result.w(epoch) = w;
    descend(w, result.gradient(epoch), config.learning_rate);
  }
  return result;
}

double left_out_loss(const Mat& x, const Mat& y, kernel_regression::Kernel kernel, double bandwidth,
                     squared_error::Reduction reduction) {
  expect_points(x, y);
  const kernel_regression::Forward f =
      kernel_regression::forward(x, x, y, mask::leave_one_out(rows(x)), kernel, bandwidth);
  return squared_error::loss(f.prediction, y, reduction);
}

}  // namespace attn::kernel_width
