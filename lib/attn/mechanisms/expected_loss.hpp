/// The loss that hard attention has on average, exactly: every location is tried, and counts as
/// much as it is likely. Xu et al., "Show, Attend and Tell", arXiv:1502.03044v3, section 4.1: the
/// negative of the bound in equation (10), for one word, and equation (11) for the scores.
/// Axes: L locations.
#pragma once

#include "attn/core/complete.hpp"
#include "attn/core/field.hpp"
#include "attn/core/tensor.hpp"

namespace attn::expected_loss {

struct Forward {
  Vec weights;                    // (L), the probability of each location; sums to 1
  double expected = not_written;  // J

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"weights", "L", "alpha = softmax(e)", "eq. (5), eq. (8)", Kind::weight},
          self.weights);
    visit(Field{"expected", "", "J = sum_i alpha_i l_i", "eq. (10)"}, self.expected);
  }
};

/// d_x is dJ/dx and has the shape of x.
struct Backward {
  Vec d_losses;  // (L)
  Vec d_scores;  // (L), sums to 0

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"d_losses", "L", "dJ/dl_i = alpha_i", "eq. (11)"}, self.d_losses);
    visit(Field{"d_scores", "L", "dJ/de_i = alpha_i (l_i - J)", "eq. (11)"}, self.d_scores);
  }
};

/// \param scores (L). \param losses (L), what is lost where that location is chosen.
/// \throws ShapeError naming the tensor, its shape and the shape expected; also for empty axes.
Forward forward(const Vec& scores, const Vec& losses);

Backward backward(const Vec& losses, const Forward& forward);

}  // namespace attn::expected_loss
