/// The loss of a predicted word: L = -log p(word), with p = softmax(logits).
#pragma once

#include "attn/core/tensor.hpp"

namespace attn::cross_entropy {

/// log(sum_w exp(o_w)) - o_word, without overflow. logits (V).
/// \throws std::out_of_range if there is no such word.
double loss(const Vec& logits, std::size_t word);

/// dL/dlogits = p - onehot(word) (V), where p(word) - 1 is less all other probabilities: so it is
/// right also of a word that is almost certain. \throws std::out_of_range if there is no such word.
Vec backward(const Vec& probabilities, std::size_t word);

}  // namespace attn::cross_entropy
