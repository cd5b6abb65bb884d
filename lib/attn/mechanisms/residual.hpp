/// The residual connection around a sublayer. He et al., arXiv:1512.03385, as the Transformer uses
/// it: Vaswani et al., arXiv:1706.03762v7, section 3.1.
/// Axes: T positions, dm width of the model.
#pragma once

#include "attn/core/field.hpp"
#include "attn/core/tensor.hpp"

namespace attn::residual {

struct Forward {
  Mat sum;  // (T, dm)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"sum", "T,dm", "x + Sublayer(x)", "section 3.1"}, self.sum);
  }
};

/// d_x is dL/dx and has the shape of x.
struct Backward {
  Mat d_x;  // (T, dm)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"d_x", "T,dm", "d_sum, and what comes back through the sublayer"}, self.d_x);
  }
};

/// \param x what went around the sublayer, y what came out of it
/// \throws ShapeError if their shapes differ.
Forward forward(const Mat& x, const Mat& y);

/// \param d_sum dL/dsum, which is dL/dy as well
/// \param d_through dL/dx along the way through the sublayer alone
/// \throws ShapeError if their shapes differ.
Backward backward(const Mat& d_sum, const Mat& d_through);

}  // namespace attn::residual
