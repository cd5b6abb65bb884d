/// Back through time and through the decoder of show_attend_tell.hpp, for its parameters and the
/// features of the image. Axes as there.
#pragma once

#include "attn/mechanisms/show_attend_tell.hpp"

namespace attn::show_attend_tell {

/// Through one word, from the last computation to the first.
struct StepBackward {
  deep_output::Backward output;
  lstm::Backward cell;
  Vec d_x;                      // (dy+dv), dL/d[E y_{t-1}; z_t]
  context_gate::Backward gate;  // empty without a gate
  Vec d_context;                // (dv)
  Mat d_features;               // (Tk, dv), through the context alone
  Mat d_weights;                // (1, Tk)
  Mat d_scores;                 // (1, Tk)
  additive::Backward alignment;
  Vec d_y;  // (dy), dL/d(E y_{t-1})
  State d_before;
  bool complete = false;
};

/// Sums over all words.
struct Gradients {
  Mat d_features;  // (Tk, dv)
  Mat d_E;         // (V, dy)
  Mat d_W_a;       // (da, dh)
  Mat d_U_a;       // (da, dv)
  Vec d_v_a;       // (da)
  Mat d_L_o;       // (V, dy)
  Mat d_L_h;       // (dy, dh)
  Mat d_L_z;       // (dy, dv)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"d_features", "Tk,dv", "through contexts, scores and the mean"}, self.d_features);
    visit(Field{"d_E", "V,dy", "row w: sum of d(E y_{t-1}) over all t with y_{t-1} = w"}, self.d_E);
    visit(Field{"d_W_a", "da,dh", "dW_a = sum_t d_q_t h_{t-1}^T"}, self.d_W_a);
    visit(Field{"d_U_a", "da,dv", "dU_a = sum_ti d(U_a a_i)_t a_i^T"}, self.d_U_a);
    visit(Field{"d_v_a", "da", "dv_a = sum_t sum_i d_e_ti hidden_ti"}, self.d_v_a);
    visit(Field{"d_L_o", "V,dy", "dL_o = sum_t d_logits_t sum_t^T"}, self.d_L_o);
    visit(Field{"d_L_h", "dy,dh", "dL_h = sum_t d_sum_t h_t^T"}, self.d_L_h);
    visit(Field{"d_L_z", "dy,dv", "dL_z = sum_t d_sum_t z_t^T"}, self.d_L_z);
  }
};

/// Of the gate.
struct GateGradients {
  Vec d_w_beta;           // (dh)
  double d_b_beta = 0.0;  // one number

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"d_w_beta", "dh", "dw_beta = sum_t d_logit_t h_{t-1}"}, self.d_w_beta);
    visit(Field{"d_b_beta", "", "db_beta = sum_t d_logit_t"}, self.d_b_beta);
  }
};

struct Backward {
  std::vector<StepBackward> steps;  // in the order of the words
  mean_state::Backward start;
  Gradients gradients;
  lstm::Gradients cell;
  GateGradients gate;  // empty without a gate
  bool complete = false;
};

/// With a hard look the choices stay as they are: no gradient goes from the context to the weights.
/// What the weights get besides, as from the doubly stochastic penalty or from REINFORCE, is
/// d_weights.
/// \param d_logits (Ty, V), a row for each step. \param d_weights (Ty, Tk), or empty for none.
/// \throws ShapeError if one of them has another shape.
/// \throws std::invalid_argument if the caption is not complete.
Backward backward(const Params& params, const Mat& features, const Caption& forward,
                  const Mat& d_logits, const Mat& d_weights = {});

}  // namespace attn::show_attend_tell
