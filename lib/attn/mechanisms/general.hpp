/// The bilinear score. Luong, Pham, Manning, arXiv:1508.04025v5, section 3.1, "general".
/// Axes: Tq queries, Tk keys, dq query width, dk key width.
#pragma once

#include "attn/core/field.hpp"
#include "attn/core/tensor.hpp"

namespace attn::general {

struct Params {
  Mat W_a;  // (dq, dk)
};

struct Forward {
  Mat projected;  // (Tq, dk), the queries in the space of the keys
  Mat scores;     // (Tq, Tk)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"projected", "Tq,dk", "P = Q W_a", "section 3.1, general"}, self.projected);
    visit(Field{"scores", "Tq,Tk", "S = P K^T,  s_ij = q_i^T W_a k_j", "section 3.1, general"},
          self.scores);
  }
};

/// d_x is dL/dx and has the shape of x.
struct Backward {
  Mat d_projected;  // (Tq, dk)
  Mat d_keys;       // (Tk, dk)
  Mat d_W_a;        // (dq, dk)
  Mat d_queries;    // (Tq, dq)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"d_projected", "Tq,dk", "dP = dS K"}, self.d_projected);
    visit(Field{"d_keys", "Tk,dk", "dK = dS^T P"}, self.d_keys);
    visit(Field{"d_W_a", "dq,dk", "dW_a = Q^T dP"}, self.d_W_a);
    visit(Field{"d_queries", "Tq,dq", "dQ = dP W_a^T"}, self.d_queries);
  }
};

/// \throws ShapeError naming the tensor, its shape and the shape expected; also for empty axes.
Forward forward(const Params& params, const Mat& queries, const Mat& keys);

/// \throws ShapeError if d_scores has not the shape of the scores.
Backward backward(const Params& params, const Mat& queries, const Mat& keys, const Forward& forward,
                  const Mat& d_scores);

}  // namespace attn::general
