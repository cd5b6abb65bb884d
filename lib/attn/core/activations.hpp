/// tanh and the logistic sigmoid of each entry of a tensor, and what flows back through them.
#pragma once

#include "attn/core/exp.hpp"
#include "attn/core/shape_error.hpp"
#include "attn/core/tensor.hpp"

namespace attn {

template <std::size_t Axes>
TensorOf<Axes> tanh(TensorOf<Axes> x) {
  tanh_entries({x.data(), x.size()});
  return x;
}

/// 1 / (1 + exp(-x))
template <std::size_t Axes>
TensorOf<Axes> sigmoid(TensorOf<Axes> x) {
  sigmoid_entries({x.data(), x.size()});
  return x;
}

/// dL/dx from y = tanh(x) and dL/dy: dy (1 - y^2). \throws ShapeError if the shapes differ.
template <std::size_t Axes>
TensorOf<Axes> tanh_backward(const TensorOf<Axes>& y, const TensorOf<Axes>& d_y) {
  expect_shape("d_y", shape_of(d_y), shape_of(y), "", "the shape of y");
  TensorOf<Axes> d_x = d_y;
  for (std::size_t i = 0; i < y.size(); ++i) d_x.data()[i] *= 1.0 - y.data()[i] * y.data()[i];
  return d_x;
}

/// dL/dx from y = sigmoid(x) and dL/dy: dy y (1 - y). \throws ShapeError if the shapes differ.
template <std::size_t Axes>
TensorOf<Axes> sigmoid_backward(const TensorOf<Axes>& y, const TensorOf<Axes>& d_y) {
  expect_shape("d_y", shape_of(d_y), shape_of(y), "", "the shape of y");
  TensorOf<Axes> d_x = d_y;
  for (std::size_t i = 0; i < y.size(); ++i) d_x.data()[i] *= y.data()[i] * (1.0 - y.data()[i]);
  return d_x;
}

}  // namespace attn
