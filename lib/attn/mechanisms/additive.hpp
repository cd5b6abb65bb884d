/// The additive score. Bahdanau, Cho, Bengio, arXiv:1409.0473v7, section 3.1 and appendix A.1.2.
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

/// Every intermediate, in the order of appendix A.1.2. U_a k_j is computed once for all queries,
/// as the appendix advises.
struct Forward {
  Mat q;        // (Tq, da)
  Mat k;        // (Tk, da)
  Ten3 hidden;  // (Tq, Tk, da), in (-1, 1)
  Mat scores;   // (Tq, Tk)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"q", "Tq,da", "W_a q_i", "appendix A.1.2"}, self.q);
    visit(Field{"k", "Tk,da", "U_a k_j", "appendix A.1.2"}, self.k);
    visit(Field{"hidden", "Tq,Tk,da", "tanh(W_a q_i + U_a k_j)", "appendix A.1.2"}, self.hidden);
    visit(Field{"scores", "Tq,Tk", "s_ij = v_a^T tanh(W_a q_i + U_a k_j)", "appendix A.1.2"},
          self.scores);
  }
};

/// d_x is dL/dx and has the shape of x; d_sum belongs to the argument of tanh.
struct Backward {
  Vec d_v_a;      // (da)
  Ten3 d_hidden;  // (Tq, Tk, da)
  Ten3 d_sum;     // (Tq, Tk, da)
  Mat d_q;        // (Tq, da)
  Mat d_k;        // (Tk, da)
  Mat d_W_a;      // (da, dq)
  Mat d_queries;  // (Tq, dq)
  Mat d_U_a;      // (da, dk)
  Mat d_keys;     // (Tk, dk)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"d_v_a", "da", "dv_a = sum_ij dS_ij hidden_ij"}, self.d_v_a);
    visit(Field{"d_hidden", "Tq,Tk,da", "d_hidden_ij = dS_ij v_a"}, self.d_hidden);
    visit(Field{"d_sum", "Tq,Tk,da", "d_sum = d_hidden (1 - hidden^2)"}, self.d_sum);
    visit(Field{"d_q", "Tq,da", "d_q_i = sum_j d_sum_ij"}, self.d_q);
    visit(Field{"d_k", "Tk,da", "d_k_j = sum_i d_sum_ij"}, self.d_k);
    visit(Field{"d_W_a", "da,dq", "dW_a = d_q^T Q"}, self.d_W_a);
    visit(Field{"d_queries", "Tq,dq", "dQ = d_q W_a"}, self.d_queries);
    visit(Field{"d_U_a", "da,dk", "dU_a = d_k^T K"}, self.d_U_a);
    visit(Field{"d_keys", "Tk,dk", "dK = d_k U_a"}, self.d_keys);
  }
};

/// \throws ShapeError naming the tensor, its shape and the shape expected; also for empty axes.
Forward forward(const Params& params, const Mat& queries, const Mat& keys);

/// \throws ShapeError if d_scores has not the shape of the scores.
Backward backward(const Params& params, const Mat& queries, const Mat& keys, const Forward& forward,
                  const Mat& d_scores);

}  // namespace attn::additive
