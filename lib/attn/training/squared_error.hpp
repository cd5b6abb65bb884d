/// The squared error of predictions, and its gradient.
/// Axes: n predictions, dv width of each.
#pragma once

#include "attn/core/tensor.hpp"

namespace attn::squared_error {

/// Over all n * dv entries. With `sum`, a learning rate means less the more entries there are;
/// with `mean` (PyTorch's MSELoss unless told otherwise) it does not.
enum class Reduction { sum, mean };

/// L = sum or mean of (prediction - target)^2. Both (n, dv).
/// \throws ShapeError if the shapes differ, or an axis is empty.
double loss(const Mat& prediction, const Mat& target, Reduction reduction);

/// dL/dprediction = 2 (prediction - target), divided by n * dv for the mean. (n, dv).
/// \throws ShapeError if the shapes differ, or an axis is empty.
Mat backward(const Mat& prediction, const Mat& target, Reduction reduction);

}  // namespace attn::squared_error
