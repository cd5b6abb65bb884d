/// Why hard attention is harder to train than soft: REINFORCE estimates its gradient from choices
/// drawn at random. Mean and variance over many draws, without and with a baseline, beside the
/// exact values. Xu et al., "Show, Attend and Tell", arXiv:1502.03044v3, section 4.1, equation (12)
/// and the moving average below it. One word, and the gradient of its scores. Axes: L locations, B
/// baselines, N numbers of draws that are averaged.
#pragma once

#include <cstdint>
#include <string>

#include "attn/core/field.hpp"
#include "attn/core/tensor.hpp"

namespace attn::reinforce_study {

struct Config {
  std::size_t samples = 1000;  ///< at least 2
  std::uint64_t seed = 1;
  double decay = 0.9;  ///< of the moving average, in [0, 1)
};

/// What is subtracted from each loss.
enum Baseline : std::size_t {
  none,      ///< 0
  expected,  ///< the expected loss J
  best,      ///< the constant with the smallest variance
  moving,  ///< b_n = decay b_{n-1} + (1 - decay) l_n with b_0 = 0; a draw gets that of those before
           ///< it, so that the estimate stays unbiased
};
inline constexpr std::size_t baselines = 4;

struct Result {
  Vec exact_gradient;   // (L)
  double length = 0.0;  // of the exact gradient
  Vec draws;            // (L), how often each location was drawn
  Vec baseline;         // (B), of the moving average the last
  Vec exact_variance;   // (B), of one estimate, all L entries together; moving: mean over the draws
  Vec variance;         // (B), found
  Vec needed;  // (B), draws until the error is a tenth of the gradient; inf if that is 0, or if no
               // double is as large
  Mat mean;    // (L, B)
  Mat standard_error;  // (L, B), of the mean
  Vec averaged;        // (N), 1, 10, 100, … up to the number of samples
  Mat expected_error;  // (N, B), of the mean of so many estimates: sqrt(exact_variance / n)
  Mat error;           // (N, B), found: root of the mean squared distance from the exact gradient

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"exact_gradient", "L", "dJ/de_i = a_i (l_i - J)"}, self.exact_gradient);
    visit(Field{"length", "", "|dJ/de|"}, self.length);
    visit(Field{"draws", "L", "how often location i was drawn"}, self.draws);
    visit(Field{"baseline", "B", "b"}, self.baseline);
    visit(Field{"exact_variance", "B", "V = E |g - dJ/de|^2"}, self.exact_variance);
    visit(Field{"variance", "B", "sum_n |g_n - mean|^2 / (samples - 1)"}, self.variance);
    visit(Field{"needed", "B", "V / (|dJ/de| / 10)^2"}, self.needed);
    visit(Field{"mean", "L,B", "sum_n g_n / samples"}, self.mean);
    visit(Field{"standard_error", "L,B", "std of g_n / sqrt(samples)"}, self.standard_error);
    visit(Field{"averaged", "N", "n"}, self.averaged);
    visit(Field{"expected_error", "N,B", "sqrt(V / n)"}, self.expected_error);
    visit(Field{"error", "N,B", "root of the mean of |mean of n - dJ/de|^2"}, self.error);
  }
};

/// Every baseline sees the same draws. Means of n estimates are those of draws 1 to n, n + 1 to 2n,
/// and so on; what is left at the end belongs to none.
/// \param scores (L). \param losses (L), what is lost where that location is chosen.
/// \throws ShapeError naming the tensor, its shape and the shape expected; also for empty axes.
/// \throws std::invalid_argument if there are fewer than two samples, or the decay is not in [0,
/// 1).
Result study(const Vec& scores, const Vec& losses, const Config& config);

}  // namespace attn::reinforce_study
