/// Learns the width of a Gaussian kernel: the parametric form of kernel regression in the earlier
/// editions of "Dive into Deep Learning" (D2L), section 10.2, where the scores are
/// -(w ||q - k||)^2 / 2 and w = 1/h is learned: the larger w, the narrower the kernel.
/// Axes: n training points, dx width of a point, dv width of its value, epoch.
#pragma once

#include "attn/core/field.hpp"
#include "attn/core/tensor.hpp"
#include "attn/mechanisms/kernel_regression.hpp"
#include "attn/training/squared_error.hpp"

namespace attn::kernel_width {

/// D2L sums the squares, with a learning rate of 0.5 and 5 epochs. (Where an edition halves the
/// sum, its learning rate is twice what it is here.)
struct Config {
  double initial_w = 1.0;
  double learning_rate = 0.5;
  std::size_t epochs = 5;
  squared_error::Reduction reduction = squared_error::Reduction::sum;
};

/// Entry e is the state after e epochs: entry 0 is before training, entry `epochs` after it.
struct Result {
  Vec loss;      // (epoch)
  Vec gradient;  // (epoch), of the loss with respect to w
  Vec w;         // (epoch)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"loss", "epoch", "L = sum or mean of (f(x_i) - y_i)^2, x_i not among its keys"},
          self.loss);
    visit(Field{"gradient", "epoch", "dL/dw = -dL/dh / w^2,  h = 1/w"}, self.gradient);
    visit(Field{"w", "epoch", "w <- w - learning rate * dL/dw"}, self.w);
  }
};

/// Full-batch gradient descent. Each training point is a query, and all the others are its keys:
/// were it among them, the best w would be an endless one, which looks up every answer.
///
/// \param x (n, dx), n at least 2. \param y (n, dv).
/// \throws ShapeError naming the tensor, its shape and the shape expected.
/// \throws std::invalid_argument if the initial w is not a positive number.
/// \throws DivergenceError if the loss is not finite, or w is not a positive number any
/// more.
/// \throws Unfinished if a step of the kernel regression has not been written.
Result learn(const Mat& x, const Mat& y, const Config& config);

/// The squared error when each point is predicted from all the others, with any kernel.
/// \throws as `learn` does, and std::invalid_argument for a bandwidth that is not a positive
/// number.
double left_out_loss(const Mat& x, const Mat& y, kernel_regression::Kernel kernel, double bandwidth,
                     squared_error::Reduction reduction);

}  // namespace attn::kernel_width
