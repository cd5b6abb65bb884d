/// Hard attention by argmax: all attention goes to the location with the largest weight, and its
/// value is the context. Xu et al., "Show, Attend and Tell", arXiv:1502.03044v3, section 4.1, whose
/// choice is drawn at random (see hard_sample.hpp); this is the most likely one, as one would take
/// it when a caption is wanted and no gradient.
/// Axes: Tq queries, Tk keys and values, dv width of values.
#pragma once

#include "attn/core/field.hpp"
#include "attn/core/tensor.hpp"

namespace attn::hard_argmax {

struct Forward {
  Mat choice;   // (Tq, Tk), 1 for the location that is chosen, else 0
  Mat context;  // (Tq, dv)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"choice", "Tq,Tk", "s_ti = 1 for the first i with the largest alpha_ti, else 0",
                "section 4.1", Kind::weight},
          self.choice);
    visit(Field{"context", "Tq,dv", "z_t = sum_i s_ti a_i", "eq. (9)"}, self.context);
  }
};

/// d_x is dL/dx and has the shape of x. A choice does not move when a weight moves a little, so the
/// gradient of the weights is 0 almost everywhere, and nothing flows back to the scores.
struct Backward {
  Mat d_values;  // (Tk, dv)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"d_values", "Tk,dv", "to a_i: sum_t s_ti d_z_t"}, self.d_values);
  }
};

/// Of equal weights the first is chosen. A row of weights that is 0 throughout, as where every key
/// is masked, chooses nothing, and its context is 0. \param weights (Tq, Tk). \param values (Tk,
/// dv). \throws ShapeError naming the tensor, its shape and the shape expected; also for empty
/// axes.
Forward forward(const Mat& weights, const Mat& values);

/// \throws ShapeError if d_context has not the shape of the context.
Backward backward(const Forward& forward, const Mat& d_context);

}  // namespace attn::hard_argmax
