/// The state in which a decoder starts, made of what the encoder hands over.
/// Bahdanau, Cho, Bengio, arXiv:1409.0473v7, appendix A.2.2: s_0 = tanh(W_s <-h_1). The bias is
/// 0 there.
/// Axes: dh width of what is handed over, ds width of the decoder's state.
#pragma once

#include "attn/core/field.hpp"
#include "attn/core/tensor.hpp"

namespace attn::initial_state {

struct Params {
  Mat W_s;  // (ds, dh)
  Vec b_s;  // (ds)
};

struct Forward {
  Vec s_0;  // (ds), in (-1, 1)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"s_0", "ds", "s_0 = tanh(W_s h + b_s)", "Bahdanau et al., appendix A.2.2"},
          self.s_0);
  }
};

/// d_x is dL/dx and has the shape of x; d_sum belongs to the argument of tanh.
struct Backward {
  Vec d_sum;  // (ds)
  Mat d_W_s;  // (ds, dh)
  Vec d_b_s;  // (ds)
  Vec d_h;    // (dh)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"d_sum", "ds", "d_sum = d_s_0 (1 - s_0^2)"}, self.d_sum);
    visit(Field{"d_W_s", "ds,dh", "dW_s = d_sum h^T"}, self.d_W_s);
    visit(Field{"d_b_s", "ds", "db_s = d_sum"}, self.d_b_s);
    visit(Field{"d_h", "dh", "d_h = W_s^T d_sum"}, self.d_h);
  }
};

/// \throws ShapeError naming the tensor, its shape and the shape expected; also for empty axes.
Forward forward(const Params& params, const Vec& h);

/// \throws ShapeError if d_s_0 has not the shape of s_0.
Backward backward(const Params& params, const Vec& h, const Forward& forward, const Vec& d_s_0);

}  // namespace attn::initial_state
