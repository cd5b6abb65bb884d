/// The hidden layer of a deep output: state, previous word and context side by side, and of each
/// pair of units the larger. Bahdanau, Cho, Bengio, arXiv:1409.0473v7, appendix A.2.2; maxout:
/// Goodfellow et al., arXiv:1302.4389v4.
///
/// Where the two of a pair are equal, the gradient goes to the first.
///
/// Axes: ds state width, dy embedding width, dc context width, dt units, l = dt / 2 pairs; T time
/// steps.
#pragma once

#include "attn/core/field.hpp"
#include "attn/core/tensor.hpp"

namespace attn::maxout {

struct Params {
  Mat U_o;  // (dt, ds)
  Mat V_o;  // (dt, dy)
  Mat C_o;  // (dt, dc)
  Vec b_t;  // (dt); the paper has none
};

struct Forward {
  Vec t_tilde;  // (dt)
  Vec t;        // (l)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(
        Field{"t_tilde", "dt", "t~_i = U_o s_i + V_o E y_{i-1} + C_o c_i + b_t", "appendix A.2.2"},
        self.t_tilde);
    visit(Field{"t", "l", "t_ij = max(t~_{i,2j-1}, t~_{i,2j})", "appendix A.2.2"}, self.t);
  }
};

/// What went in at each time step, as rows.
struct Inputs {
  Mat states;      // (T, ds)
  Mat embeddings;  // (T, dy)
  Mat contexts;    // (T, dc)
};

/// Of all steps of a decoder at once. d_x is dL/dx and has the shape of x.
struct Backward {
  Mat d_t_tilde;     // (T, dt)
  Mat d_U_o;         // (dt, ds)
  Mat d_V_o;         // (dt, dy)
  Mat d_C_o;         // (dt, dc)
  Vec d_b_t;         // (dt)
  Mat d_states;      // (T, ds)
  Mat d_embeddings;  // (T, dy)
  Mat d_contexts;    // (T, dc)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"d_t_tilde", "T,dt", "dt_ij where t~ was the larger, else 0"}, self.d_t_tilde);
    visit(Field{"d_U_o", "dt,ds", "dU_o = sum_i dt~_i s_i^T"}, self.d_U_o);
    visit(Field{"d_V_o", "dt,dy", "dV_o = sum_i dt~_i (E y_{i-1})^T"}, self.d_V_o);
    visit(Field{"d_C_o", "dt,dc", "dC_o = sum_i dt~_i c_i^T"}, self.d_C_o);
    visit(Field{"d_b_t", "dt", "db_t = sum_i dt~_i"}, self.d_b_t);
    visit(Field{"d_states", "T,ds", "U_o^T dt~_i"}, self.d_states);
    visit(Field{"d_embeddings", "T,dy", "V_o^T dt~_i"}, self.d_embeddings);
    visit(Field{"d_contexts", "T,dc", "C_o^T dt~_i"}, self.d_contexts);
  }
};

/// \throws ShapeError naming the tensor, its shape and the shape expected; also for empty axes and
/// an odd number of units.
Forward forward(const Params& params, const Vec& state, const Vec& embedding, const Vec& context);

/// \param t_tilde of each step (T, dt)
/// \param d_t     of each step (T, l)
/// \throws ShapeError if there is not one row of each for each step.
Backward backward(const Params& params, const Inputs& inputs, const Mat& t_tilde, const Mat& d_t);

}  // namespace attn::maxout
