/// Scaled dot-product attention. Vaswani et al., "Attention Is All You Need", arXiv:1706.03762v7,
/// section 3.2.1, equation (1).
/// Axes: Tq queries, Tk keys and values, dk width of queries and keys, dv width of values.
#pragma once

#include "attn/core/field.hpp"
#include "attn/core/tensor.hpp"

namespace attn::scaled_dot {

/// Every intermediate, in the order of equation (1).
struct Forward {
  Mat scores;   // (Tq, Tk)
  Mat scaled;   // (Tq, Tk)
  Mat masked;   // (Tq, Tk), -inf where the mask says "do not attend"
  Mat weights;  // (Tq, Tk), each row sums to 1, or is 0 if all its keys are masked
  Mat context;  // (Tq, dv)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"scores", "Tq,Tk", "S = Q K^T", "eq. (1)"}, self.scores);
    visit(Field{"scaled", "Tq,Tk", "scale * S,  scale = 1/sqrt(dk) unless set", "eq. (1)"},
          self.scaled);
    visit(Field{"masked", "Tq,Tk", "scaled where the mask attends, else -inf", "section 3.2.3",
                Kind::score},
          self.masked);
    visit(Field{"weights", "Tq,Tk", "A = softmax(masked), over the keys", "eq. (1)", Kind::weight},
          self.weights);
    visit(Field{"context", "Tq,dv", "A V", "eq. (1)"}, self.context);
  }
};

/// d_x is dL/dx and has the shape of x; the result of the pass is d_queries, d_keys and d_values.
struct Backward {
  Mat d_values;   // (Tk, dv)
  Mat d_weights;  // (Tq, Tk)
  Mat d_scaled;   // (Tq, Tk), 0 where masked
  Mat d_scores;   // (Tq, Tk)
  Mat d_queries;  // (Tq, dk)
  Mat d_keys;     // (Tk, dk)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"d_values", "Tk,dv", "dV = A^T dC"}, self.d_values);
    visit(Field{"d_weights", "Tq,Tk", "dA = dC V^T"}, self.d_weights);
    visit(Field{"d_scaled", "Tq,Tk", "d_scaled_ij = a_ij (dA_ij - sum_m a_im dA_im)"},
          self.d_scaled);
    visit(Field{"d_scores", "Tq,Tk", "dS = scale * d_scaled"}, self.d_scores);
    visit(Field{"d_queries", "Tq,dk", "dQ = dS K"}, self.d_queries);
    visit(Field{"d_keys", "Tk,dk", "dK = dS^T Q"}, self.d_keys);
  }
};

/// `scale` multiplies the scores, as PyTorch's argument of that name does.
/// \throws ShapeError naming the tensor, its shape and the shape expected; also for empty axes.
Forward forward(const Mat& queries, const Mat& keys, const Mat& values, const Mask& mask,
                double scale);

/// Equation (1) itself: every query sees every key, and the scale is 1 / sqrt(dk).
Forward forward(const Mat& queries, const Mat& keys, const Mat& values);

/// \throws ShapeError if d_context has not the shape of the context.
Backward backward(const Mat& queries, const Mat& keys, const Mat& values, double scale,
                  const Forward& forward, const Mat& d_context);

}  // namespace attn::scaled_dot
