/// What chapters on translation have in common: two sentences, their vocabularies, and how the
/// decoder goes from word to word.
#pragma once

#include <string>
#include <vector>

#include "attn/io/config.hpp"
#include "attn/mechanisms/decoding.hpp"
#include "chapters/parts/decoding.hpp"

namespace attn::chapters {

/// tokens.source, tokens.target, their vocabularies, start and stop, and how words are decoded.
/// Axes: Tx, Ty words of the sentences, Vx, Vy words of the vocabularies.
std::vector<io::FieldSpec> sentence_fields(
    const std::vector<io::FieldSpec>& decoding = decoding_fields());

struct Sentences {
  std::vector<std::string> source;                      ///< words
  std::vector<std::size_t> source_numbers;              ///< their places in the vocabulary
  std::vector<std::string> target;                      ///< words, without stop; may be empty
  std::vector<std::string> source_words, target_words;  ///< the vocabularies
  Decoding decoding;                                    ///< its target is empty unless it leads

  /// The word of that number in the target's vocabulary.
  const std::string& word(std::size_t number) const { return target_words[number]; }

  /// The target with stop at its end, as numbers. Empty if the config gives none.
  std::vector<std::size_t> target_numbers() const;

  /// What the loss compares the decoder's words with: the target, or else the words it chose.
  std::vector<std::size_t> wanted(const std::vector<std::size_t>& chosen) const;
};

/// \throws io::InputError as decoding_of does.
Sentences sentences_of(const io::Config& config);

/// For the end: how many places of the target have its word; empty without a target.
/// \param chosen numbers of the words that were said
std::string seen_of_target(const Sentences& sentences, const std::vector<std::size_t>& chosen);

/// "我 爱 你"
std::string joined(const std::vector<std::string>& words);

}  // namespace attn::chapters
