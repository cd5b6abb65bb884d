/// The cosine of the angle between query and key, times a strength beta. Graves, Wayne, Danihelka,
/// "Neural Turing Machines", arXiv:1410.5401v2, equations (5) and (6); there beta is emitted anew
/// at each time step, here it is one number for all queries.
///
/// A zero vector has no direction: its direction is taken as 0, so that its scores are 0, and so is
/// the gradient that reaches it. (The cosine is discontinuous there: no gradient would be right.)
///
/// Axes: Tq queries, Tk keys, dk width of queries and keys.
#pragma once

#include "attn/core/complete.hpp"
#include "attn/core/field.hpp"
#include "attn/core/tensor.hpp"

namespace attn::cosine {

struct Params {
  double beta = 1.0;  ///< the larger, the sharper the weights
};

struct Forward {
  Vec query_norms;       // (Tq)
  Vec key_norms;         // (Tk)
  Mat query_directions;  // (Tq, dk), rows of length 1, or 0
  Mat key_directions;    // (Tk, dk), rows of length 1, or 0
  Mat cosines;           // (Tq, Tk), in [-1, 1] up to rounding
  Mat scores;            // (Tq, Tk)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"query_norms", "Tq", "|q_i|", "eq. (6)"}, self.query_norms);
    visit(Field{"key_norms", "Tk", "|k_j|", "eq. (6)"}, self.key_norms);
    visit(Field{"query_directions", "Tq,dk", "q^_i = q_i / |q_i|", "eq. (6)"},
          self.query_directions);
    visit(Field{"key_directions", "Tk,dk", "k^_j = k_j / |k_j|", "eq. (6)"}, self.key_directions);
    visit(Field{"cosines", "Tq,Tk", "z_ij = q^_i . k^_j = (q_i . k_j) / (|q_i| |k_j|)", "eq. (6)"},
          self.cosines);
    visit(Field{"scores", "Tq,Tk", "s_ij = beta z_ij", "eq. (5)"}, self.scores);
  }
};

/// d_x is dL/dx and has the shape of x.
struct Backward {
  double d_beta = not_written;
  Mat d_cosines;           // (Tq, Tk)
  Mat d_query_directions;  // (Tq, dk)
  Mat d_key_directions;    // (Tk, dk)
  Mat d_queries;           // (Tq, dk), each row at right angles to its query
  Mat d_keys;              // (Tk, dk), each row at right angles to its key

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"d_beta", "", "sum_ij dS_ij z_ij"}, self.d_beta);
    visit(Field{"d_cosines", "Tq,Tk", "dZ = beta dS"}, self.d_cosines);
    visit(Field{"d_query_directions", "Tq,dk", "dQ^ = dZ K^"}, self.d_query_directions);
    visit(Field{"d_key_directions", "Tk,dk", "dK^ = dZ^T Q^"}, self.d_key_directions);
    visit(Field{"d_queries", "Tq,dk", "dq_i = (dq^_i - (dq^_i . q^_i) q^_i) / |q_i|"},
          self.d_queries);
    visit(Field{"d_keys", "Tk,dk", "dk_j = (dk^_j - (dk^_j . k^_j) k^_j) / |k_j|"}, self.d_keys);
  }
};

/// \throws ShapeError if queries and keys differ in width, or an axis is empty.
Forward forward(const Params& params, const Mat& queries, const Mat& keys);

/// \throws ShapeError if d_scores has not the shape of the scores.
Backward backward(const Params& params, const Forward& forward, const Mat& d_scores);

}  // namespace attn::cosine
