/// The state with which a caption begins: what the image is like on the whole. Xu et al., "Show,
/// Attend and Tell", arXiv:1502.03044v3, section 3.1.2: the mean of the features goes through two
/// small networks, f_init,h and f_init,c. Here, as in the authors' program, each is one layer with
/// tanh.
/// Axes: Tk locations, dv feature width, dh state width.
#pragma once

#include "attn/core/field.hpp"
#include "attn/core/tensor.hpp"

namespace attn::mean_state {

struct Params {
  Mat W_h;  // (dh, dv)
  Vec b_h;  // (dh)
  Mat W_c;  // (dh, dv)
  Vec b_c;  // (dh)
};

struct Forward {
  Vec mean;  // (dv)
  Vec h_0;   // (dh), in (-1, 1)
  Vec c_0;   // (dh), in (-1, 1)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"mean", "dv", "1/L sum_i a_i", "section 3.1.2"}, self.mean);
    visit(Field{"h_0", "dh", "h_0 = tanh(W_h mean + b_h)", "section 3.1.2"}, self.h_0);
    visit(Field{"c_0", "dh", "m_0 = tanh(W_c mean + b_c)", "section 3.1.2"}, self.c_0);
  }
};

/// d_x is dL/dx and has the shape of x; d_sum_h and d_sum_c belong to the arguments of tanh.
struct Backward {
  Vec d_sum_h;     // (dh)
  Vec d_sum_c;     // (dh)
  Mat d_W_h;       // (dh, dv)
  Vec d_b_h;       // (dh)
  Mat d_W_c;       // (dh, dv)
  Vec d_b_c;       // (dh)
  Vec d_mean;      // (dv)
  Mat d_features;  // (Tk, dv), each row the same

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"d_sum_h", "dh", "d_h_0 (1 - h_0^2)"}, self.d_sum_h);
    visit(Field{"d_sum_c", "dh", "d_m_0 (1 - m_0^2)"}, self.d_sum_c);
    visit(Field{"d_W_h", "dh,dv", "dW_h = d_sum_h mean^T"}, self.d_W_h);
    visit(Field{"d_b_h", "dh", "db_h = d_sum_h"}, self.d_b_h);
    visit(Field{"d_W_c", "dh,dv", "dW_c = d_sum_c mean^T"}, self.d_W_c);
    visit(Field{"d_b_c", "dh", "db_c = d_sum_c"}, self.d_b_c);
    visit(Field{"d_mean", "dv", "W_h^T d_sum_h + W_c^T d_sum_c"}, self.d_mean);
    visit(Field{"d_features", "Tk,dv", "d_mean / L, for each location"}, self.d_features);
  }
};

/// \param features (Tk, dv).
/// \throws ShapeError naming the tensor, its shape and the shape expected; also for empty axes.
Forward forward(const Params& params, const Mat& features);

/// \throws ShapeError if d_h_0 or d_c_0 has not the shape of a state.
Backward backward(const Params& params, const Mat& features, const Forward& forward,
                  const Vec& d_h_0, const Vec& d_c_0);

}  // namespace attn::mean_state
