#include "attn/mechanisms/scaling_study.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

#include "attn/core/matmul.hpp"
#include "attn/core/norms.hpp"
#include "attn/core/random.hpp"
#include "attn/core/softmax.hpp"

namespace attn::scaling_study {
namespace {

void expect_config(const Config& config) {
  if (config.widths.empty()) throw std::invalid_argument("there are no widths to study");
  const bool zero = std::count(config.widths.begin(), config.widths.end(), std::size_t{0}) != 0;
  if (zero) throw std::invalid_argument("a width is 0, expected at least 1");
  if (config.keys == 0) throw std::invalid_argument("there are no keys, expected at least 1");
  if (config.samples == 0) throw std::invalid_argument("there are no samples, expected at least 1");
}

Mat normal(std::size_t m, std::size_t n, Random& random) {
  Mat draws = zeros(m, n);
  for (double& draw : draws) draw = random.normal();
  return draws;
}

/// q.k for each sample's query and its own keys, (samples, Tk).
Mat raw_scores(std::size_t dk, const Config& config) {
  Random random(config.seed);
  Mat scores = zeros(config.samples, config.keys);
  for (std::size_t i = 0; i < config.samples; ++i) {
    const Mat query = normal(1, dk, random);
    const Mat keys = normal(config.keys, dk, random);
    const Mat row = matmul_nt(query, keys);
    std::copy(row.begin(), row.end(), scores.begin() + static_cast<std::ptrdiff_t>(i * cols(row)));
  }
  return scores;
}

template <class Numbers>
double mean_of(const Numbers& numbers) {
  const double sum = std::accumulate(numbers.begin(), numbers.end(), 0.0);
  return sum / static_cast<double>(numbers.size());
}

double standard_deviation(const Mat& scores) {
  const double centre = mean_of(scores);
  double sum = 0.0;
  for (const double score : scores) sum += (score - centre) * (score - centre);
  return std::sqrt(sum / static_cast<double>(scores.size()));
}

Vec largest(const Mat& weights) {
  Vec largest = zeros(rows(weights));
  for (std::size_t i = 0; i < rows(weights); ++i) {
    for (std::size_t j = 0; j < cols(weights); ++j)
      largest(i) = std::max(largest(i), weights(i, j));
  }
  return largest;
}

}  // namespace

Vec entropy(const Mat& weights) {
  Vec entropy = zeros(rows(weights));
  for (std::size_t i = 0; i < rows(weights); ++i) {
    for (std::size_t j = 0; j < cols(weights); ++j) {
      const double a = weights(i, j);
      if (a > 0.0) entropy(i) -= a * std::log(a);
    }
  }
  return entropy;
}

Vec jacobian_norm(const Mat& weights) {
  Vec norms = zeros(rows(weights));
  for (std::size_t i = 0; i < rows(weights); ++i) {
    std::vector<double> entries;
    entries.reserve(cols(weights) * cols(weights));
    for (std::size_t j = 0; j < cols(weights); ++j) {
      // 1 - a_j as the sum of the others: it keeps its digits where a_j is almost 1.
      double others = 0.0;
      for (std::size_t k = 0; k < cols(weights); ++k) {
        if (k == j) continue;
        others += weights(i, k);
        entries.push_back(weights(i, j) * weights(i, k));
      }
      entries.push_back(weights(i, j) * others);
    }
    norms(i) = norm(entries);
  }
  return norms;
}

Result study(const Config& config) {
  expect_config(config);
  const std::size_t K = config.widths.size();
  Result r;
  for (Vec* column :
       {&r.expected_spread, &r.raw_spread, &r.scaled_spread, &r.raw_entropy, &r.scaled_entropy,
        &r.raw_largest, &r.scaled_largest, &r.raw_jacobian, &r.scaled_jacobian}) {
    *column = zeros(K);
  }
  r.uniform_entropy = std::log(static_cast<double>(config.keys));
  for (std::size_t n = 0; n < K; ++n) {
    const Mat raw = raw_scores(config.widths[n], config);
    r.expected_spread(n) = std::sqrt(static_cast<double>(config.widths[n]));
    const Mat scaled = raw / r.expected_spread(n);
    const Mat raw_weights = softmax(raw);
    const Mat scaled_weights = softmax(scaled);
    r.raw_spread(n) = standard_deviation(raw);
    r.scaled_spread(n) = standard_deviation(scaled);
    r.raw_entropy(n) = mean_of(entropy(raw_weights));
    r.scaled_entropy(n) = mean_of(entropy(scaled_weights));
    r.raw_largest(n) = mean_of(largest(raw_weights));
    r.scaled_largest(n) = mean_of(largest(scaled_weights));
    r.raw_jacobian(n) = mean_of(jacobian_norm(raw_weights));
    r.scaled_jacobian(n) = mean_of(jacobian_norm(scaled_weights));
  }
  return r;
}

}  // namespace attn::scaling_study
