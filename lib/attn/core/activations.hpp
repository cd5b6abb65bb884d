/// tanh, the logistic sigmoid, relu and gelu of each entry of a tensor, and what flows back through
/// them.
#pragma once

#include <utility>

#include "attn/core/exp.hpp"
#include "attn/core/gelu.hpp"
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

/// max(0, x); NaN stays NaN.
template <class E>
requires TensorExpression<E> Evaluated<E> relu(E&& x) {
  Evaluated<E> y = std::forward<E>(x);
  for (double& entry : y) entry = entry <= 0.0 ? 0.0 : entry;
  return y;
}

/// x Phi(x), Phi(x) = (1 + erf(x / sqrt(2))) / 2. Hendrycks and Gimpel, arXiv:1606.08415.
template <class E>
requires TensorExpression<E> Evaluated<E> gelu(E&& x) {
  Evaluated<E> y = std::forward<E>(x);
  gelu_entries({y.data(), y.size()});
  return y;
}

/// x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) / 2, near gelu(x). The same paper.
template <class E>
requires TensorExpression<E> Evaluated<E> gelu_tanh(E&& x) {
  Evaluated<E> y = std::forward<E>(x);
  gelu_tanh_entries({y.data(), y.size()});
  return y;
}

/// dL/dx from x and dL/dy, y = relu(x): dy where x is positive, else 0 (also at x = 0, where relu
/// has no derivative). \throws ShapeError if the shapes differ.
template <std::size_t Axes>
TensorOf<Axes> relu_backward(const TensorOf<Axes>& x, const TensorOf<Axes>& d_y) {
  expect_shape("d_y", shape_of(d_y), shape_of(x), "", "the shape of x");
  TensorOf<Axes> d_x = d_y;
  for (std::size_t i = 0; i < x.size(); ++i)
    d_x.data()[i] = x.data()[i] <= 0.0 ? 0.0 : d_y.data()[i];
  return d_x;
}

/// dL/dx from x and dL/dy, y = gelu(x): dy (Phi(x) + x Phi'(x)). \throws ShapeError if the shapes
/// differ.
template <std::size_t Axes>
TensorOf<Axes> gelu_backward(const TensorOf<Axes>& x, const TensorOf<Axes>& d_y) {
  expect_shape("d_y", shape_of(d_y), shape_of(x), "", "the shape of x");
  TensorOf<Axes> d_x = x;
  gelu_slopes({d_x.data(), d_x.size()});
  d_x *= d_y;
  return d_x;
}

/// The same for y = gelu_tanh(x).
template <std::size_t Axes>
TensorOf<Axes> gelu_tanh_backward(const TensorOf<Axes>& x, const TensorOf<Axes>& d_y) {
  expect_shape("d_y", shape_of(d_y), shape_of(x), "", "the shape of x");
  TensorOf<Axes> d_x = x;
  gelu_tanh_slopes({d_x.data(), d_x.size()});
  d_x *= d_y;
  return d_x;
}

}  // namespace attn
