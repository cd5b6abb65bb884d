/// Hard attention by sampling: the weights are the probabilities with which one location is chosen,
/// and its value is the context. Xu et al., "Show, Attend and Tell", arXiv:1502.03044v3, section
/// 4.1, equations (8) and (9).
/// Axes: Tq queries, Tk keys and values, dv width of values.
#pragma once

#include "attn/core/field.hpp"
#include "attn/core/random.hpp"
#include "attn/core/tensor.hpp"

namespace attn::hard_sample {

/// The choice is made with one uniform number a query, by the inverse of the cumulative sums, so
/// that a seed means the same choices everywhere.
struct Forward {
  Mat cumulative;  // (Tq, Tk)
  Mat choice;      // (Tq, Tk), 1 for the location that is chosen, else 0
  Mat context;     // (Tq, dv)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"cumulative", "Tq,Tk", "alpha_t1 + ... + alpha_ti"}, self.cumulative);
    visit(Field{"choice", "Tq,Tk", "s_ti = 1 for the first i with u_t < cumulative_ti, else 0",
                "eq. (8)", Kind::weight},
          self.choice);
    visit(Field{"context", "Tq,dv", "z_t = sum_i s_ti a_i", "eq. (9)"}, self.context);
  }
};

/// d_x is dL/dx and has the shape of x, the choice being what it was. How the weights are learned
/// nevertheless is in reinforce.hpp.
struct Backward {
  Mat d_values;  // (Tk, dv)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"d_values", "Tk,dv", "to a_i: sum_t s_ti d_z_t"}, self.d_values);
  }
};

/// One uniform number in [0, 1) for each of n queries, in their order.
Vec draws(std::size_t n, Random& random);

/// A row of weights that is 0 throughout, as where every key is masked, chooses nothing, and its
/// context is 0.
/// \param weights (Tq, Tk). \param values (Tk, dv). \param u (Tq), each in [0, 1).
/// \throws ShapeError naming the tensor, its shape and the shape expected; also for empty axes.
/// \throws std::invalid_argument if an entry of u is not in [0, 1).
Forward forward(const Mat& weights, const Mat& values, const Vec& u);

/// \throws ShapeError if d_context has not the shape of the context.
Backward backward(const Forward& forward, const Mat& d_context);

}  // namespace attn::hard_sample
