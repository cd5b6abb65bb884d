/// The logarithm of a Gaussian kernel as a score: the softmax of these scores is the weighting of
/// Nadaraya-Watson kernel regression with that kernel, of width 1/w (Nadaraya 1964, Watson 1964).
/// Axes: Tq queries, Tk keys, dk width of queries and keys.
#pragma once

#include "attn/core/complete.hpp"
#include "attn/core/field.hpp"
#include "attn/core/tensor.hpp"

namespace attn::gaussian {

struct Params {
  double w = 1.0;  ///< the inverse of the kernel's standard deviation; its sign has no effect
};

struct Forward {
  Mat squared_distances;  // (Tq, Tk)
  Mat scores;             // (Tq, Tk), never positive

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"squared_distances", "Tq,Tk", "D_ij = |q_i - k_j|^2"}, self.squared_distances);
    visit(Field{"scores", "Tq,Tk", "s_ij = -w^2 D_ij / 2"}, self.scores);
  }
};

/// d_x is dL/dx and has the shape of x.
struct Backward {
  double d_w = not_written;
  Mat d_squared_distances;  // (Tq, Tk)
  Mat d_queries;            // (Tq, dk)
  Mat d_keys;               // (Tk, dk)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"d_w", "", "-w sum_ij dS_ij D_ij"}, self.d_w);
    visit(Field{"d_squared_distances", "Tq,Tk", "dD = -w^2 dS / 2"}, self.d_squared_distances);
    visit(Field{"d_queries", "Tq,dk", "dq_i = sum_j 2 dD_ij (q_i - k_j)"}, self.d_queries);
    visit(Field{"d_keys", "Tk,dk", "dk_j = sum_i 2 dD_ij (k_j - q_i)"}, self.d_keys);
  }
};

/// \throws ShapeError if queries and keys differ in width, or an axis is empty.
Forward forward(const Params& params, const Mat& queries, const Mat& keys);

/// \throws ShapeError if d_scores has not the shape of the scores.
Backward backward(const Params& params, const Mat& queries, const Mat& keys, const Forward& forward,
                  const Mat& d_scores);

}  // namespace attn::gaussian
