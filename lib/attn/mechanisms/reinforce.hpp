/// The gradient of hard attention as it can be estimated from one choice: REINFORCE, also called
/// the score function estimator, with a baseline b. Xu et al., "Show, Attend and Tell",
/// arXiv:1502.03044v3, section 4.1: the second term of equation (12), for one word and its scores,
/// with losses l in place of log-likelihoods. R. J. Williams, "Simple statistical
/// gradient-following algorithms for connectionist reinforcement learning", 1992.
///
/// Here every choice is tried, so that mean and variance of the estimate are exact.
/// Axes: S the location that is chosen, L locations (as many).
#pragma once

#include "attn/core/complete.hpp"
#include "attn/core/field.hpp"
#include "attn/core/tensor.hpp"

namespace attn::reinforce {

struct Forward {
  Mat estimates;                        // (S, L), rows sum to 0
  Vec mean;                             // (L), whatever the baseline is
  Vec variance;                         // (L), of one estimate
  double total_variance = not_written;  // the mean squared distance from the mean

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"estimates", "S,L", "g_ij = (l_i - b) ([i = j] - alpha_j)", "eq. (12)"},
          self.estimates);
    visit(Field{"mean", "L", "sum_i alpha_i g_ij = dJ/de_j"}, self.mean);
    visit(Field{"variance", "L", "sum_i alpha_i (g_ij - mean_j)^2"}, self.variance);
    visit(Field{"total_variance", "", "sum_j variance_j"}, self.total_variance);
  }
};

/// \param weights (L), the probability of each location. \param losses (L), what is lost where it
/// is chosen. \param baseline is subtracted from each loss. \throws ShapeError naming the tensor,
/// its shape and the shape expected; also for empty axes.
Forward forward(const Vec& weights, const Vec& losses, double baseline);

/// The constant baseline with the smallest total variance: the mean of the losses in which location
/// i counts a_i |d log a_i / de|^2. 0 if one location has all the weight, for then no baseline
/// changes anything.
double best_baseline(const Vec& weights, const Vec& losses);

}  // namespace attn::reinforce
