/// What each head brings to the output, and what changes where one is masked out.
///
/// W^O multiplies the heads side by side, so it can be cut where they meet: with W_i^O the rows
/// i dv to (i + 1) dv of W_o, Concat(head_1, ..., head_H) W_o = sum_i head_i W_i^O. A head that is
/// masked out reads 0, and its part of the sum is gone.
/// Axes: H heads, Tq queries, dm width of the output.
#pragma once

#include "attn/mechanisms/multi_head.hpp"

namespace attn::head_ablation {

struct Forward {
  Ten3 parts;   // (H, Tq, dm), their sum and b_o are the output
  Vec sizes;    // (H), the norm of each part
  Mat without;  // (Tq, dm), the output without that head
  Mat change;   // (Tq, dm), against the output with it

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"parts", "H,Tq,dm", "head_i W_i^O"}, self.parts);
    visit(Field{"sizes", "H", "|| head_i W_i^O ||, Frobenius norm"}, self.sizes);
    visit(Field{"without", "Tq,dm", "Concat(..., 0, ...) W_o + b_o"}, self.without);
    visit(Field{"change", "Tq,dm", "without - output"}, self.change);
  }
};

/// \param heads (H, Tq, dv), as multi_head::forward gives them
/// \param output (Tq, dm)
/// \param h the head that is masked out, counted from 0
/// \throws ShapeError if there is no such head, or the shapes do not fit.
Forward forward(const multi_head::Params& params, const Ten3& heads, const Mat& output,
                std::size_t h);

}  // namespace attn::head_ablation
