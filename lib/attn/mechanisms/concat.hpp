/// The score of a small network that sees query and key side by side. Luong, Pham, Manning,
/// arXiv:1508.04025v5, section 3.1, "concat".
///
/// It is the additive score with the two matrices written as one, W_a = [W U], since
/// [W U] [q; k] = W q + U k. Same numbers, but each pair costs a product with the whole of W_a,
/// where the additive form projects each query and each key once.
///
/// Axes: Tq queries, Tk keys, dq query width, dk key width, da hidden width.
#pragma once

#include "attn/core/field.hpp"
#include "attn/core/tensor.hpp"

namespace attn::concat {

struct Params {
  Mat W_a;  // (da, dq + dk): the columns for the query, then those for the key
  Vec v_a;  // (da)
};

struct Forward {
  Ten3 concatenated;  // (Tq, Tk, dq + dk)
  Ten3 hidden;        // (Tq, Tk, da), in (-1, 1)
  Mat scores;         // (Tq, Tk)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"concatenated", "Tq,Tk,dq+dk", "[q_i; k_j]", "section 3.1, concat"},
          self.concatenated);
    visit(Field{"hidden", "Tq,Tk,da", "tanh(W_a [q_i; k_j])", "section 3.1, concat"}, self.hidden);
    visit(Field{"scores", "Tq,Tk", "s_ij = v_a^T tanh(W_a [q_i; k_j])", "section 3.1, concat"},
          self.scores);
  }
};

/// d_x is dL/dx and has the shape of x; d_sum belongs to the argument of tanh.
struct Backward {
  Vec d_v_a;            // (da)
  Ten3 d_hidden;        // (Tq, Tk, da)
  Ten3 d_sum;           // (Tq, Tk, da)
  Mat d_W_a;            // (da, dq + dk)
  Ten3 d_concatenated;  // (Tq, Tk, dq + dk)
  Mat d_queries;        // (Tq, dq)
  Mat d_keys;           // (Tk, dk)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"d_v_a", "da", "dv_a = sum_ij dS_ij hidden_ij"}, self.d_v_a);
    visit(Field{"d_hidden", "Tq,Tk,da", "d_hidden_ij = dS_ij v_a"}, self.d_hidden);
    visit(Field{"d_sum", "Tq,Tk,da", "d_sum = d_hidden (1 - hidden^2)"}, self.d_sum);
    visit(Field{"d_W_a", "da,dq+dk", "dW_a = sum_ij d_sum_ij [q_i; k_j]^T"}, self.d_W_a);
    visit(Field{"d_concatenated", "Tq,Tk,dq+dk", "d_concatenated_ij = W_a^T d_sum_ij"},
          self.d_concatenated);
    visit(Field{"d_queries", "Tq,dq", "dq_i = sum_j of the first dq entries"}, self.d_queries);
    visit(Field{"d_keys", "Tk,dk", "dk_j = sum_i of the last dk entries"}, self.d_keys);
  }
};

/// \throws ShapeError naming the tensor, its shape and the shape expected; also for empty axes.
Forward forward(const Params& params, const Mat& queries, const Mat& keys);

/// \throws ShapeError if d_scores has not the shape of the scores.
Backward backward(const Params& params, const Mat& queries, const Mat& keys, const Forward& forward,
                  const Mat& d_scores);

}  // namespace attn::concat
