/// The additive score. Bahdanau, Cho, Bengio, arXiv:1409.0473v7, section 3.1 and appendix A.1.2.
///
/// In two halves, as the appendix advises: U_a k_j does not depend on the query, so that a decoder
/// computes it once for a sentence (`project`), and the rest at each time step (`step`). `forward`
/// is one after the other.
///
/// Axes: Tq queries, Tk keys, dq query width, dk key width, da hidden width.
#pragma once

#include "attn/core/field.hpp"
#include "attn/core/tensor.hpp"

namespace attn::additive {

struct Params {
  Mat W_a;  // (da, dq)
  Mat U_a;  // (da, dk)
  Vec v_a;  // (da)
};

/// What does not depend on the queries.
struct Projected {
  Mat k;  // (Tk, da)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"k", "Tk,da", "U_a k_j", "appendix A.1.2"}, self.k);
  }
};

/// What is computed for some queries; for a decoder, at one time step.
struct Step {
  Mat q;        // (Tq, da)
  Ten3 hidden;  // (Tq, Tk, da), in (-1, 1)
  Mat scores;   // (Tq, Tk)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"q", "Tq,da", "W_a q_i", "appendix A.1.2"}, self.q);
    visit(Field{"hidden", "Tq,Tk,da", "tanh(W_a q_i + U_a k_j)", "appendix A.1.2"}, self.hidden);
    visit(Field{"scores", "Tq,Tk", "s_ij = v_a^T tanh(W_a q_i + U_a k_j)", "appendix A.1.2"},
          self.scores);
  }
};

/// Every intermediate, in the order of appendix A.1.2.
struct Forward : Projected, Step {
  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    Projected::each(self, visit);
    Step::each(self, visit);
  }
};

/// d_x is dL/dx and has the shape of x; d_sum belongs to the argument of tanh.
struct StepBackward {
  Vec d_v_a;      // (da)
  Ten3 d_hidden;  // (Tq, Tk, da)
  Ten3 d_sum;     // (Tq, Tk, da)
  Mat d_q;        // (Tq, da)
  Mat d_k;        // (Tk, da)
  Mat d_W_a;      // (da, dq)
  Mat d_queries;  // (Tq, dq)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"d_v_a", "da", "dv_a = sum_ij dS_ij hidden_ij"}, self.d_v_a);
    visit(Field{"d_hidden", "Tq,Tk,da", "d_hidden_ij = dS_ij v_a"}, self.d_hidden);
    visit(Field{"d_sum", "Tq,Tk,da", "d_sum = d_hidden (1 - hidden^2)"}, self.d_sum);
    visit(Field{"d_q", "Tq,da", "d_q_i = sum_j d_sum_ij"}, self.d_q);
    visit(Field{"d_k", "Tk,da", "d_k_j = sum_i d_sum_ij"}, self.d_k);
    visit(Field{"d_W_a", "da,dq", "dW_a = d_q^T Q"}, self.d_W_a);
    visit(Field{"d_queries", "Tq,dq", "dQ = d_q W_a"}, self.d_queries);
  }
};

struct ProjectBackward {
  Mat d_U_a;   // (da, dk)
  Mat d_keys;  // (Tk, dk)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"d_U_a", "da,dk", "dU_a = d_k^T K"}, self.d_U_a);
    visit(Field{"d_keys", "Tk,dk", "dK = d_k U_a"}, self.d_keys);
  }
};

struct Backward : StepBackward, ProjectBackward {
  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    StepBackward::each(self, visit);
    ProjectBackward::each(self, visit);
  }
};

/// \throws ShapeError naming the tensor, its shape and the shape expected; also for empty axes.
Projected project(const Params& params, const Mat& keys);
Step step(const Params& params, const Mat& queries, const Projected& keys);
Forward forward(const Params& params, const Mat& queries, const Mat& keys);

/// \throws ShapeError if d_scores has not the shape of the scores.
StepBackward step_backward(const Params& params, const Mat& queries, const Step& forward,
                           const Mat& d_scores);

/// \param d_k what came back to the projected keys, summed over all steps that used them.
ProjectBackward project_backward(const Params& params, const Mat& keys, const Mat& d_k);

/// \throws ShapeError if d_scores has not the shape of the scores.
Backward backward(const Params& params, const Mat& queries, const Mat& keys, const Forward& forward,
                  const Mat& d_scores);

}  // namespace attn::additive
