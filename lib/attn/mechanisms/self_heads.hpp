/// Multi-head self-attention: queries, keys and values are all made of the same x. Vaswani et al.,
/// arXiv:1706.03762v7, section 3.2.3.
/// Axes: T positions, dm width of the model; the others as in multi_head.hpp, with Tq = Tk = T.
#pragma once

#include "attn/mechanisms/multi_head.hpp"

namespace attn::self_heads {

/// d_x is dL/dx and has the shape of x.
struct Backward : multi_head::Backward {
  Mat d_x;  // (T, dm)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    multi_head::Backward::each(self, visit);
    visit(Field{"d_x", "Tq,dm", "dX = dX_q + dX_k + dX_v"}, self.d_x);
  }
};

/// \param x (T, dm)
/// \param mask (T, T), true means "attend", the same for every head
/// \throws ShapeError naming the tensor, its shape and the shape expected; also for empty axes.
multi_head::Forward forward(const multi_head::Params& params, const Mat& x, const Mask& mask);

/// \throws ShapeError if d_output has not the shape of the output.
Backward backward(const multi_head::Params& params, const Mat& x,
                  const multi_head::Forward& forward, const Mat& d_output);

}  // namespace attn::self_heads
