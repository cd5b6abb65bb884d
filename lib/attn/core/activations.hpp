/// tanh and the logistic sigmoid of each entry of a tensor, and what flows back through them.
#pragma once

#include <utility>

#include "attn/core/exp.hpp"
#include "attn/core/shape_error.hpp"
#include "attn/core/tensor.hpp"

namespace attn {

/// (xtensor has a tanh too, which is not vectorised; this one is more constrained, and so
/// preferred.)
template <class E>
requires TensorExpression<E> Evaluated<E> tanh(E&& x) {
  Evaluated<E> y = std::forward<E>(x);
  tanh_entries({y.data(), y.size()});
  return y;
}

/// 1 / (1 + exp(-x))
template <class E>
requires TensorExpression<E> Evaluated<E> sigmoid(E&& x) {
  Evaluated<E> y = std::forward<E>(x);
  sigmoid_entries({y.data(), y.size()});
  return y;
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
