/// Multi-head attention from a decoder to the encoder's output, which is keys and values alike.
/// Vaswani et al., arXiv:1706.03762v7, section 3.2.3.
/// Axes: as in multi_head.hpp; Tq positions of the decoder, Tk of the encoder.
#pragma once

#include "attn/mechanisms/multi_head.hpp"

namespace attn::cross_heads {

/// d_x is dL/dx and has the shape of x.
struct Backward : multi_head::Backward {
  Mat d_memory;  // (Tk, dm)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    multi_head::Backward::each(self, visit);
    visit(Field{"d_memory", "Tk,dm", "d_memory = dX_k + dX_v"}, self.d_memory);
  }
};

/// \param x (Tq, dm)
/// \param memory (Tk, dm)
/// \param mask (Tq, Tk), true means "attend", the same for every head
/// \throws ShapeError naming the tensor, its shape and the shape expected; also for empty axes.
multi_head::Forward forward(const multi_head::Params& params, const Mat& x, const Mat& memory,
                            const Mask& mask);

/// \throws ShapeError if d_output has not the shape of the output.
Backward backward(const multi_head::Params& params, const Mat& x, const Mat& memory,
                  const multi_head::Forward& forward, const Mat& d_output);

}  // namespace attn::cross_heads
