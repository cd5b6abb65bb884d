#include "attn/training/cross_entropy.hpp"

#include <cmath>
#include <stdexcept>
#include <string>

#include "attn/core/exp.hpp"

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
  Vec shifted(logits.shape());
  const double m = largest({logits.data(), logits.size()});
  const double total =
      exp_shifted({logits.data(), logits.size()}, m, {shifted.data(), shifted.size()});
  return std::log(total) + (m - logits(word));
}

Vec backward(const Vec& probabilities, std::size_t word) {
  expect_word(word, probabilities.size());
  Vec d_logits = probabilities;
  d_logits(word) -= 1.0;
  return d_logits;
}

}  // namespace attn::cross_entropy
