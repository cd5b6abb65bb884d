/// A single layer as a score: the layer takes a query to the width of the keys, and its dot product
/// with the key is the score. With b = 0 this is the general score.
///
/// This is our reading of the "multi-layer perceptron" example in the article "Attention mechanism:
/// focusing on important features", section 4.1.2. The article prints MLP(q, k) = [1, 2] W + b,
/// which is a vector and never sees the key; a score must be one number for each query and key. Our
/// reading gives the projected query [1, 3], scores 5 and 1, and weights 0.982014 and 0.017986.
/// These are the numbers that the article prints in section 4.1.1; what belongs there, 0.952574 and
/// 0.047426, it prints here: the two answers look swapped.
///
/// Axes: Tq queries, Tk keys, dq query width, dk key width.
#pragma once

#include "attn/core/field.hpp"
#include "attn/core/tensor.hpp"

namespace attn::perceptron {

struct Params {
  Mat W;  // (dq, dk), applied to a row vector from the right
  Vec b;  // (dk)
};

struct Forward {
  Mat projected;  // (Tq, dk)
  Mat scores;     // (Tq, Tk)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"projected", "Tq,dk", "p_i = q_i W + b", "section 4.1.2"}, self.projected);
    visit(Field{"scores", "Tq,Tk", "s_ij = p_i . k_j"}, self.scores);
  }
};

/// d_x is dL/dx and has the shape of x.
struct Backward {
  Mat d_projected;  // (Tq, dk)
  Mat d_keys;       // (Tk, dk)
  Mat d_W;          // (dq, dk)
  Vec d_b;          // (dk)
  Mat d_queries;    // (Tq, dq)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"d_projected", "Tq,dk", "dP = dS K"}, self.d_projected);
    visit(Field{"d_keys", "Tk,dk", "dK = dS^T P"}, self.d_keys);
    visit(Field{"d_W", "dq,dk", "dW = Q^T dP"}, self.d_W);
    visit(Field{"d_b", "dk", "db = sum_i dp_i"}, self.d_b);
    visit(Field{"d_queries", "Tq,dq", "dQ = dP W^T"}, self.d_queries);
  }
};

/// \throws ShapeError naming the tensor, its shape and the shape expected; also for empty axes.
Forward forward(const Params& params, const Mat& queries, const Mat& keys);

/// \throws ShapeError if d_scores has not the shape of the scores.
Backward backward(const Params& params, const Mat& queries, const Mat& keys, const Forward& forward,
                  const Mat& d_scores);

}  // namespace attn::perceptron
