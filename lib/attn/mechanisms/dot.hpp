/// The dot product as a score. Luong, Pham, Manning, arXiv:1508.04025v5, section 3.1, "dot".
/// Axes: Tq queries, Tk keys, dk width of queries and keys.
#pragma once

#include "attn/core/field.hpp"
#include "attn/core/tensor.hpp"

namespace attn::dot {

struct Forward {
  Mat scores;  // (Tq, Tk)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"scores", "Tq,Tk", "s_ij = scale (q_i . k_j)", "section 3.1, dot"}, self.scores);
  }
};

/// d_x is dL/dx and has the shape of x.
struct Backward {
  Mat d_queries;  // (Tq, dk)
  Mat d_keys;     // (Tk, dk)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"d_queries", "Tq,dk", "dQ = scale dS K"}, self.d_queries);
    visit(Field{"d_keys", "Tk,dk", "dK = scale dS^T Q"}, self.d_keys);
  }
};

/// Luong's score has no scale. With 1/sqrt(dk), `scale::sqrt_dk`, it is the scaled dot
/// product of the Transformer; attn::scaled_dot is that attention whole.
/// \throws ShapeError if queries and keys differ in width, or an axis is empty.
Forward forward(const Mat& queries, const Mat& keys, double scale = 1.0);

/// \throws ShapeError if d_scores has not the shape of the scores.
Backward backward(const Mat& queries, const Mat& keys, double scale, const Forward& forward,
                  const Mat& d_scores);

}  // namespace attn::dot
