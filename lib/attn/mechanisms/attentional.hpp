/// The attentional state: what was read and what was thought, squeezed together. Luong, Pham,
/// Manning, arXiv:1508.04025v5, section 3, equation (5).
/// Axes: Tq decoder states, ds their width, dh width of the context, dc width of the result.
#pragma once

#include "attn/core/field.hpp"
#include "attn/core/tensor.hpp"

namespace attn::attentional {

struct Params {
  Mat W_c;  // (dc, dh + ds): the columns for the context, then those for the state
};

struct Forward {
  Mat concatenated;  // (Tq, dh + ds)
  Mat attentional;   // (Tq, dc), in (-1, 1)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"concatenated", "Tq,dh+ds", "[c_t; h_t]", "eq. (5)"}, self.concatenated);
    visit(Field{"attentional", "Tq,dc", "h~_t = tanh(W_c [c_t; h_t])", "eq. (5)"},
          self.attentional);
  }
};

/// d_x is dL/dx and has the shape of x; d_sum belongs to the argument of tanh.
struct Backward {
  Mat d_sum;           // (Tq, dc)
  Mat d_W_c;           // (dc, dh + ds)
  Mat d_concatenated;  // (Tq, dh + ds)
  Mat d_context;       // (Tq, dh)
  Mat d_states;        // (Tq, ds)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"d_sum", "Tq,dc", "d_sum = d_h~ (1 - h~^2)"}, self.d_sum);
    visit(Field{"d_W_c", "dc,dh+ds", "dW_c = d_sum^T [c_t; h_t]"}, self.d_W_c);
    visit(Field{"d_concatenated", "Tq,dh+ds", "d_concatenated = d_sum W_c"}, self.d_concatenated);
    visit(Field{"d_context", "Tq,dh", "its first dh columns"}, self.d_context);
    visit(Field{"d_states", "Tq,ds", "its last ds columns"}, self.d_states);
  }
};

/// \throws ShapeError naming the tensor, its shape and the shape expected; also for empty axes.
Forward forward(const Params& params, const Mat& context, const Mat& states);

/// \throws ShapeError if d_attentional has not the shape of the attentional states.
Backward backward(const Params& params, const Mat& context, const Mat& states,
                  const Forward& forward, const Mat& d_attentional);

}  // namespace attn::attentional
