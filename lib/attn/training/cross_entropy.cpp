#include "attn/training/cross_entropy.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "attn/core/softmax.hpp"

namespace attn::cross_entropy {
namespace {

void expect_word(std::size_t word, std::size_t V) {
  if (word < V) return;
  throw std::out_of_range("word " + std::to_string(word) + " of a vocabulary of " +
                          std::to_string(V));
}

}  // namespace

double loss(const Vec& logits, std::size_t word) {
  expect_word(word, logits.size());
  const double m = *std::max_element(logits.begin(), logits.end());
  return log_sum_exp_above_largest(logits) + (m - logits(word));
}

Vec backward(const Vec& probabilities, std::size_t word) {
  expect_word(word, probabilities.size());
  Vec d_logits = probabilities;
  d_logits(word) = 0.0;
  double others = 0.0;
  for (const double p : d_logits) others += p;
  d_logits(word) = -others;
  return d_logits;
}

}  // namespace attn::cross_entropy
