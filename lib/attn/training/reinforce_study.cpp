#include "attn/training/reinforce_study.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "attn/core/categorical.hpp"
#include "attn/core/complete.hpp"
#include "attn/core/norms.hpp"
#include "attn/core/random.hpp"
#include "attn/core/softmax.hpp"
#include "attn/mechanisms/expected_loss.hpp"
#include "attn/mechanisms/reinforce.hpp"

namespace attn::reinforce_study {
namespace {

void expect_config(const Config& config) {
  if (config.samples < 2) {
    throw std::invalid_argument("there are fewer than two samples: a variance needs two");
  }
  if (!(config.decay >= 0.0 && config.decay < 1.0)) {
    throw std::invalid_argument("the decay of the moving average is not from 0 up to 1");
  }
}

/// One draw: the location, and what each baseline makes of its loss.
struct Draw {
  std::size_t location;
  double advantage[baselines];  ///< l - b
};

std::vector<Draw> draw(const Vec& weights, const Vec& losses, const Config& config, Result& r) {
  Mat row = zeros(1, weights.size());
  std::copy(weights.begin(), weights.end(), row.begin());
  const Mat sums = cumulative_sums(row);
  Random random(config.seed);
  std::vector<Draw> draws(config.samples);
  for (Draw& d : draws) {
    d.location = pick({sums.data(), sums.size()}, random.uniform());
    const double loss = losses(d.location);
    for (std::size_t b = 0; b < baselines; ++b) d.advantage[b] = loss - r.baseline(b);
    r.baseline(moving) = config.decay * r.baseline(moving) + (1.0 - config.decay) * loss;
    r.draws(d.location) += 1.0;
  }
  return draws;
}

/// The weights a, and 1 - a.
struct Weights {
  Vec a, rest;
};

/// Entry k of the estimate is advantage ([location = k] - a_k), eq. (12).
double estimate(const Draw& d, std::size_t b, const Weights& weights, std::size_t k) {
  return d.advantage[b] * (d.location == k ? weights.rest(k) : -weights.a(k));
}

void summarise(const std::vector<Draw>& draws, const Weights& weights, Result& r) {
  const auto n = static_cast<double>(draws.size());
  std::vector<double> off(draws.size());
  for (std::size_t b = 0; b < baselines; ++b) {
    for (std::size_t k = 0; k < r.draws.size(); ++k) {
      double sum = 0.0;
      for (const Draw& d : draws) sum += estimate(d, b, weights, k);
      r.mean(k, b) = sum / n;
      for (std::size_t d = 0; d < draws.size(); ++d) {
        off[d] = estimate(draws[d], b, weights, k) - r.mean(k, b);
      }
      const double spread = norm(off) / std::sqrt(n - 1.0);
      r.variance(b) += spread * spread;
      r.standard_error(k, b) = spread / std::sqrt(n);
    }
  }
}

/// Root of the mean squared distance from the exact gradient, over all means of `size` draws.
double error_of_means(const std::vector<Draw>& draws, std::size_t b, std::size_t size,
                      const Weights& weights, const Vec& exact) {
  const std::size_t means = draws.size() / size;
  std::vector<double> off;
  off.reserve(means * exact.size());
  for (std::size_t m = 0; m < means; ++m) {
    for (std::size_t k = 0; k < exact.size(); ++k) {
      double sum = 0.0;
      for (std::size_t n = m * size; n < (m + 1) * size; ++n) {
        sum += estimate(draws[n], b, weights, k);
      }
      off.push_back(sum / static_cast<double>(size) - exact(k));
    }
  }
  return norm(off) / std::sqrt(static_cast<double>(means));
}

/// The root of V, without a square that could vanish: of estimates that are tiny, too, and of rare
/// ones. Entry k of the estimate at location i is estimates(i, k), and happens with weights(i).
double deviation(const Vec& weights, const reinforce::Forward& one) {
  double root = 0.0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    for (std::size_t k = 0; k < weights.size(); ++k) {
      const double off = one.estimates(i, k) - one.mean(k);
      root = std::hypot(root, std::sqrt(weights(i)) * off);
    }
  }
  return root;
}

/// The variance with the moving average, as a mean over the draws. V(b) is a parabola with its
/// lowest point at the best baseline; of b_n, which no draw after it touches, mean and variance are
/// known: E b_n = (1 - decay^n) J, Var b_n = Var(l) (1 - decay)^2 (1 + decay^2 + … decay^2(n-1)).
/// \param smallest that with the best baseline
double variance_with_moving(const Vec& weights, const Vec& losses, const Config& config, double J,
                            double at_best, double smallest) {
  Vec ones = losses;
  ones.fill(1.0);
  const double bend = reinforce::forward(weights, ones, 0.0).total_variance;
  double loss_variance = 0.0;
  for (std::size_t i = 0; i < losses.size(); ++i) {
    loss_variance += weights(i) * (losses(i) - J) * (losses(i) - J);
  }
  double sum = 0.0;
  double mean = 0.0;
  double variance = 0.0;
  for (std::size_t n = 0; n < config.samples; ++n) {
    const double off = mean - at_best;
    sum += smallest + bend * (off * off + variance);
    mean = config.decay * mean + (1.0 - config.decay) * J;
    variance = config.decay * config.decay * variance +
               (1.0 - config.decay) * (1.0 - config.decay) * loss_variance;
  }
  return sum / static_cast<double>(config.samples);
}

}  // namespace

Result study(const Vec& scores, const Vec& losses, const Config& config) {
  expect_config(config);
  const expected_loss::Forward exact = expected_loss::forward(scores, losses);
  expect_complete(exact);
  const expected_loss::Backward back = expected_loss::backward(losses, exact);
  expect_complete(back);
  const Vec& weights = exact.weights;
  const std::size_t L = weights.size();

  Result r;
  r.exact_gradient = back.d_scores;
  for (const double g : r.exact_gradient) r.length = std::hypot(r.length, g);
  r.draws = zeros(L);
  r.baseline = Vec{0.0, exact.expected, reinforce::best_baseline(weights, losses), 0.0};
  r.exact_variance = zeros(baselines);
  Vec spread = zeros(baselines);
  for (const Baseline b : {none, expected, best}) {
    const reinforce::Forward one = reinforce::forward(weights, losses, r.baseline(b));
    expect_complete(one);
    r.exact_variance(b) = one.total_variance;
    spread(b) = deviation(weights, one);
  }
  // In the unit of the largest loss, so that squares neither vanish nor overflow.
  double unit = 0.0;
  for (const double loss : losses) unit = std::max(unit, std::abs(loss));
  if (unit == 0.0) unit = 1.0;
  const double smallest = (spread(best) / unit) * (spread(best) / unit);
  spread(moving) = unit * std::sqrt(variance_with_moving(weights, losses / unit, config,
                                                         r.baseline(expected) / unit,
                                                         r.baseline(best) / unit, smallest));
  r.exact_variance(moving) = spread(moving) * spread(moving);

  const std::vector<Draw> draws = draw(weights, losses, config, r);
  r.variance = zeros(baselines);
  r.mean = zeros(L, baselines);
  r.standard_error = zeros(L, baselines);
  const Weights both{weights, complements(weights)};
  summarise(draws, both, r);

  std::vector<std::size_t> sizes{1};
  while (sizes.back() <= config.samples / 10) sizes.push_back(sizes.back() * 10);
  r.averaged = zeros(sizes.size());
  r.needed = zeros(baselines);
  r.expected_error = zeros(sizes.size(), baselines);
  r.error = zeros(sizes.size(), baselines);
  for (std::size_t b = 0; b < baselines; ++b) {
    const double ratio = 10.0 * (spread(b) / r.length);  // no square of a length: it could vanish
    r.needed(b) = r.length > 0.0 ? ratio * ratio : std::numeric_limits<double>::infinity();
    for (std::size_t s = 0; s < sizes.size(); ++s) {
      r.averaged(s) = static_cast<double>(sizes[s]);
      r.expected_error(s, b) = spread(b) / std::sqrt(r.averaged(s));
      r.error(s, b) = error_of_means(draws, b, sizes[s], both, r.exact_gradient);
    }
  }
  return r;
}

}  // namespace attn::reinforce_study
