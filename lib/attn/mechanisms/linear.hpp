/// A linear layer on row vectors: each row of X goes from width din to width dout.
/// Axes: T rows, din width before, dout width after.
///
/// W is (din, dout) and stands on the right, as in Q = X W_q (Vaswani et al., arXiv:1706.03762v7,
/// section 3.2.2). PyTorch's nn.Linear keeps the transpose.
#pragma once

#include "attn/core/field.hpp"
#include "attn/core/tensor.hpp"

namespace attn::linear {

struct Params {
  Mat W;  // (din, dout)
  Vec b;  // (dout)
};

/// A layer whose b is 0.
Params without_bias(const Mat& W);

struct Forward {
  Mat y;  // (T, dout)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"y", "T,dout", "Y = X W + b"}, self.y);
  }
};

/// d_x is dL/dx and has the shape of x.
struct Backward {
  Mat d_W;  // (din, dout)
  Vec d_b;  // (dout)
  Mat d_x;  // (T, din)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"d_W", "din,dout", "dW = X^T dY"}, self.d_W);
    visit(Field{"d_b", "dout", "db = sum_i dy_i"}, self.d_b);
    visit(Field{"d_x", "T,din", "dX = dY W^T"}, self.d_x);
  }
};

/// \throws ShapeError naming the tensor, its shape and the shape expected; also for empty axes.
Forward forward(const Params& params, const Mat& x);

/// \throws ShapeError if d_y has not the shape of y.
Backward backward(const Params& params, const Mat& x, const Forward& forward, const Mat& d_y);

}  // namespace attn::linear
