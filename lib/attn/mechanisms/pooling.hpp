/// From scores to what is read: the half of attention that all scoring functions share.
/// Axes: Tq queries, Tk keys and values, dv width of values.
#pragma once

#include "attn/core/field.hpp"
#include "attn/core/tensor.hpp"

namespace attn::pooling {

struct Forward {
  Mat masked;   // (Tq, Tk), -inf where the mask says "do not attend"
  Mat weights;  // (Tq, Tk), each row sums to 1, or is 0 if all its keys are masked
  Mat context;  // (Tq, dv)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"masked", "Tq,Tk", "scores where the mask attends, else -inf", "", Kind::score},
          self.masked);
    visit(Field{"weights", "Tq,Tk", "A = softmax(masked), over the keys", "", Kind::weight},
          self.weights);
    visit(Field{"context", "Tq,dv", "C = A V"}, self.context);
  }
};

/// d_x is dL/dx and has the shape of x.
struct Backward {
  Mat d_values;   // (Tk, dv)
  Mat d_weights;  // (Tq, Tk)
  Mat d_scores;   // (Tq, Tk), 0 where masked

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"d_values", "Tk,dv", "dV = A^T dC"}, self.d_values);
    visit(Field{"d_weights", "Tq,Tk", "dA = dC V^T"}, self.d_weights);
    visit(Field{"d_scores", "Tq,Tk", "dS_ij = a_ij (dA_ij - sum_k a_ik dA_ik)"}, self.d_scores);
  }
};

/// \throws ShapeError naming the tensor, its shape and the shape expected; also for empty axes.
Forward forward(const Mat& scores, const Mat& values, const Mask& mask);

/// \throws ShapeError if d_context has not the shape of the context.
Backward backward(const Mat& values, const Forward& forward, const Mat& d_context);

}  // namespace attn::pooling
