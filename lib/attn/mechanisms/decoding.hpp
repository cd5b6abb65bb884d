/// How a decoder goes from word to word: by itself, or led by a teacher.
#pragma once

#include <cstddef>
#include <vector>

#include "attn/core/tensor.hpp"

namespace attn {

/// Words are numbers in the vocabulary.
struct Decoding {
  std::size_t start = 0;              ///< stands before the first word
  std::size_t stop = 0;               ///< ends the sentence, and is its last word
  std::size_t limit = 1;              ///< as many words at most, where nobody leads
  std::vector<std::size_t> target{};  ///< teacher forcing: what should come out, stop included;
                                      ///< empty: greedy decoding

  bool forced() const { return !target.empty(); }

  /// As many steps as there can be.
  std::size_t most() const { return forced() ? target.size() : limit; }

  /// Does another step follow the `words` that were chosen?
  bool goes_on(const std::vector<std::size_t>& words) const;

  /// What the next step is given: the word before it, which a teacher knows better.
  std::size_t previous(const std::vector<std::size_t>& words) const;
};

/// The word with the largest probability; of several the first. \throws ShapeError if there is
/// none.
std::size_t most_likely(const Vec& probabilities);

/// \throws std::invalid_argument if start, stop or a target is not below V, or the limit is 0.
void expect_words(const Decoding& how, std::size_t V);

}  // namespace attn
