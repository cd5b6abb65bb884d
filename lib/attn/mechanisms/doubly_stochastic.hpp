/// The doubly stochastic penalty: each row of weights sums to 1 by itself; this asks that the
/// weights of each location, summed over all words, come to about 1 too. So no part of the image is
/// left out. Xu et al., "Show, Attend and Tell", arXiv:1502.03044v3, section 4.2.1, the second term
/// of equation (14). Axes: Ty words, Tk locations.
#pragma once

#include "attn/core/complete.hpp"
#include "attn/core/field.hpp"
#include "attn/core/tensor.hpp"

namespace attn::doubly_stochastic {

struct Forward {
  Vec attention;                 // (Tk)
  Vec missing;                   // (Tk), negative where a location got more than 1
  double penalty = not_written;  // lambda times the sum of the squares

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"attention", "Tk", "sum_t alpha_ti", "section 4.2.1"}, self.attention);
    visit(Field{"missing", "Tk", "1 - sum_t alpha_ti", "eq. (14)"}, self.missing);
    visit(Field{"penalty", "", "lambda sum_i (1 - sum_t alpha_ti)^2", "eq. (14)"}, self.penalty);
  }
};

/// d_x is dL/dx and has the shape of x; L is the penalty itself.
struct Backward {
  Vec d_attention;  // (Tk)
  Mat d_weights;    // (Ty, Tk), the same for each word

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"d_attention", "Tk", "-2 lambda (1 - sum_t alpha_ti)"}, self.d_attention);
    visit(Field{"d_weights", "Ty,Tk", "d_alpha_ti = d_attention_i"}, self.d_weights);
  }
};

/// \param weights (Ty, Tk), a row for each word of the caption.
/// \throws ShapeError if an axis is empty.
Forward forward(const Mat& weights, double lambda);

Backward backward(const Mat& weights, double lambda, const Forward& forward);

}  // namespace attn::doubly_stochastic
