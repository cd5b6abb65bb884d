/// Location-based scores: where to look follows from the query alone. Luong, Pham, Manning,
/// arXiv:1508.04025v5, section 3.1, equation (8).
///
/// The keys never enter. Row j of W_a belongs to position j, whatever key stands there: permute the
/// keys, and the scores stay where they are.
///
/// Axes: Tq queries, Tk positions, dq query width.
#pragma once

#include "attn/core/field.hpp"
#include "attn/core/tensor.hpp"

namespace attn::location {

struct Params {
  Mat W_a;  // (Tk, dq): as many rows as there are positions
};

struct Forward {
  Mat scores;  // (Tq, Tk)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"scores", "Tq,Tk", "s_i = W_a q_i", "eq. (8)"}, self.scores);
  }
};

/// d_x is dL/dx and has the shape of x. There is no d_keys: it would be 0.
struct Backward {
  Mat d_W_a;      // (Tk, dq)
  Mat d_queries;  // (Tq, dq)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"d_W_a", "Tk,dq", "dW_a = dS^T Q"}, self.d_W_a);
    visit(Field{"d_queries", "Tq,dq", "dQ = dS W_a"}, self.d_queries);
  }
};

/// \throws ShapeError naming the tensor, its shape and the shape expected; also for empty axes.
Forward forward(const Params& params, const Mat& queries);

/// \throws ShapeError if d_scores has not the shape of the scores.
Backward backward(const Params& params, const Mat& queries, const Forward& forward,
                  const Mat& d_scores);

}  // namespace attn::location
