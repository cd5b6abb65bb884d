/// tanh and the logistic sigmoid of each entry of a tensor, and what flows back through them.
#pragma once

#include "attn/core/exp.hpp"
#include "attn/core/shape_error.hpp"
#include "attn/core/tensor.hpp"

namespace attn {

template <class Expression>
Evaluated<Expression> tanh(const xt::xexpression<Expression>& x) {
  Evaluated<Expression> y = x.derived_cast();
  tanh_entries({y.data(), y.size()});
  return y;
}

/// 1 / (1 + exp(-x))
template <class Expression>
Evaluated<Expression> sigmoid(const xt::xexpression<Expression>& x) {
  Evaluated<Expression> y = x.derived_cast();
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
