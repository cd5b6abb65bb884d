#include "attn/mechanisms/reinforce.hpp"

#include "attn/core/norms.hpp"
#include "attn/core/shape_error.hpp"
#include "attn/core/softmax.hpp"

namespace attn::reinforce {
namespace {

void expect_inputs(const Vec& weights, const Vec& losses) {
  expect_nonempty("weights", shape_of(weights), "L");
  expect_shape("losses", shape_of(losses), shape_of(weights), "L", "one loss for each location");
}

}  // namespace

Forward forward(const Vec& weights, const Vec& losses, double baseline) {
  expect_inputs(weights, losses);
  const std::size_t L = weights.size();
  Forward f;
  const Vec rest = complements(weights);
  f.estimates = zeros(L, L);  // (log p(y | s, a) - b) d log p(s | a), eq. (12)
  for (std::size_t i = 0; i < L; ++i) {
    for (std::size_t k = 0; k < L; ++k) {
      const double d_log_p = i == k ? rest(k) : -weights(k);  // d log softmax(e)_i / de_k
      f.estimates(i, k) = (losses(i) - baseline) * d_log_p;
    }
  }
  f.mean = zeros(L);
  for (std::size_t i = 0; i < L; ++i) {
    for (std::size_t k = 0; k < L; ++k) f.mean(k) += weights(i) * f.estimates(i, k);
  }
  f.variance = zeros(L);
  for (std::size_t i = 0; i < L; ++i) {
    for (std::size_t k = 0; k < L; ++k) {
      const double off = f.estimates(i, k) - f.mean(k);
      f.variance(k) += weights(i) * off * off;
    }
  }
  f.total_variance = 0.0;
  for (const double variance : f.variance) f.total_variance += variance;
  return f;
}

double best_baseline(const Vec& weights, const Vec& losses) {
  expect_inputs(weights, losses);
  const double unit = unit_factor(largest_size({losses.data(), losses.size()}));
  double sum = 0.0;
  double total = 0.0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    // |d log a_i / de|^2 = (1 - a_i)^2 + sum of the other a_k^2
    double others = 0.0, squares = 0.0;
    for (std::size_t k = 0; k < weights.size(); ++k) {
      if (k == i) continue;
      others += weights(k);
      squares += weights(k) * weights(k);
    }
    const double length = others * others + squares;
    sum += weights(i) * length * (unit * losses(i));
    total += weights(i) * length;
  }
  return total > 0.0 ? sum / total / unit : 0.0;
}

}  // namespace attn::reinforce
