/// Beam search: the most likely sentence, looked for among the few that look best so far.
///
/// Each round continues every hypothesis that has not ended by every word, and keeps the `width`
/// best of these and of those that have ended. It is over when all that are kept have ended, or at
/// the limit. Hypotheses are compared by log P(Y) / lp(Y), with the length penalty of Wu et al.,
/// arXiv:1609.08144v2, equation (14): lp(Y) = ((5 + |Y|) / 6)^alpha. The Transformer's authors use
/// width 4 and alpha 0.6 (arXiv:1706.03762v7, section 6.1). Their program and others also keep
/// twice as many candidates, or stop earlier.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "attn/core/tensor.hpp"

namespace attn::beam_search {

struct Options {
  std::size_t width = 4;  ///< hypotheses that are kept; 1 is greedy decoding
  double alpha = 0.0;     ///< length penalty; 0 compares log P(Y) itself
  std::size_t stop = 0;   ///< the word that ends a sentence
  std::size_t limit = 1;  ///< as many words at most, stop included
};

/// A beginning of a sentence, or a whole one.
struct Hypothesis {
  std::vector<std::size_t> words;
  double log_probability = 0.0;  ///< log P(Y), the sum over its words
  double score = 0.0;            ///< log P(Y) / lp(Y)
  bool ended = false;            ///< its last word is stop
  std::size_t parent = 0;        ///< its place in the round before
};

/// lp(Y) = ((5 + |Y|) / 6)^alpha, equation (14).
double length_penalty(std::size_t words, double alpha);

/// One round: those that are kept, the best first; of equals the one whose parent, then whose word
/// comes first. \param beam what was kept before
/// \param log_probabilities for each hypothesis of the beam that has not ended log p of each word
/// (V); of one that has ended it is not read
std::vector<Hypothesis> extend(const std::vector<Hypothesis>& beam,
                               const std::vector<Vec>& log_probabilities, const Options& options);

/// \throws std::invalid_argument if the width or the limit is 0, or alpha is not finite.
void expect_options(const Options& options);

/// Have all hypotheses ended?
bool all_ended(const std::vector<Hypothesis>& beam);

/// The beam after each round. The best sentence is the first of the last round.
/// \tparam State what the model remembers of a hypothesis, such as the cache of a decoder
/// \param start the state before the first word
/// \param advance from a hypothesis and its state, which it may change, to log p (V) of the next
/// word; an empty result, as in an exercise, ends the search
/// \throws std::invalid_argument as `expect_options` does.
template <class State, class Advance>
std::vector<std::vector<Hypothesis>> search(const State& start, Advance&& advance,
                                            const Options& options) {
  expect_options(options);
  std::vector<std::vector<Hypothesis>> rounds;
  std::vector<Hypothesis> beam(1);
  std::vector<State> states{start};
  while (rounds.size() < options.limit && !all_ended(beam)) {
    std::vector<Vec> log_probabilities(beam.size());
    for (std::size_t place = 0; place < beam.size(); ++place) {
      if (beam[place].ended) continue;
      log_probabilities[place] = advance(states[place], beam[place]);
      if (log_probabilities[place].size() == 0) return rounds;
    }
    beam = extend(beam, log_probabilities, options);
    std::vector<State> inherited;
    for (const Hypothesis& hypothesis : beam) inherited.push_back(states[hypothesis.parent]);
    states = std::move(inherited);
    rounds.push_back(beam);
  }
  return rounds;
}

}  // namespace attn::beam_search
