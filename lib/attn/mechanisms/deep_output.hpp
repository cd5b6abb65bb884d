/// From the state to the next word by way of a deep output layer, which also sees the word before
/// and the context directly. Xu et al., "Show, Attend and Tell", arXiv:1502.03044v3, section 3.1.2,
/// equation (7).
/// Axes: dy embedding width, dh state width, dv context width, V words.
#pragma once

#include "attn/core/field.hpp"
#include "attn/core/tensor.hpp"

namespace attn::deep_output {

struct Params {
  Mat L_h;  // (dy, dh)
  Mat L_z;  // (dy, dv)
  Mat L_o;  // (V, dy)
};

struct Forward {
  Vec from_state;     // (dy)
  Vec from_context;   // (dy)
  Vec sum;            // (dy)
  Vec logits;         // (V)
  Vec probabilities;  // (V), sum to 1

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"from_state", "dy", "L_h h_t", "eq. (7)"}, self.from_state);
    visit(Field{"from_context", "dy", "L_z z_t", "eq. (7)"}, self.from_context);
    visit(Field{"sum", "dy", "E y_{t-1} + L_h h_t + L_z z_t", "eq. (7)"}, self.sum);
    visit(Field{"logits", "V", "L_o (E y_{t-1} + L_h h_t + L_z z_t)", "eq. (7)"}, self.logits);
    visit(Field{"probabilities", "V", "p_t = softmax(logits), over the words", "eq. (7)",
                Kind::weight},
          self.probabilities);
  }
};

/// d_x is dL/dx and has the shape of x. Of one word: a decoder adds up those of all its words.
struct Backward {
  Mat d_L_o;      // (V, dy)
  Vec d_sum;      // (dy), and so also dL/d(E y_{t-1})
  Mat d_L_h;      // (dy, dh)
  Vec d_h;        // (dh)
  Mat d_L_z;      // (dy, dv)
  Vec d_context;  // (dv)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"d_L_o", "V,dy", "dL_o = d_logits sum^T"}, self.d_L_o);
    visit(Field{"d_sum", "dy", "d_sum = L_o^T d_logits"}, self.d_sum);
    visit(Field{"d_L_h", "dy,dh", "dL_h = d_sum h_t^T"}, self.d_L_h);
    visit(Field{"d_h", "dh", "d_h_t = L_h^T d_sum"}, self.d_h);
    visit(Field{"d_L_z", "dy,dv", "dL_z = d_sum z_t^T"}, self.d_L_z);
    visit(Field{"d_context", "dv", "d_z_t = L_z^T d_sum"}, self.d_context);
  }
};

/// \param y the word before, embedded (dy). \param h (dh). \param context (dv).
/// \throws ShapeError naming the tensor, its shape and the shape expected; also for empty axes.
Forward forward(const Params& params, const Vec& y, const Vec& h, const Vec& context);

/// \throws ShapeError if d_logits has not the shape of the logits.
Backward backward(const Params& params, const Vec& h, const Vec& context, const Forward& forward,
                  const Vec& d_logits);

}  // namespace attn::deep_output
