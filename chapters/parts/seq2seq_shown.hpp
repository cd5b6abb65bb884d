/// What seq2seq says of its context: how many numbers get through it, and at its end what was seen.
#pragma once

#include <string>
#include <vector>

#include "attn/core/tensor.hpp"
#include "attn/trace/build.hpp"

namespace attn::chapters {

/// The widths that the source has to pass.
struct Bottleneck {
  std::size_t Tx, dx;       ///< what goes in
  std::size_t dh;           ///< the context
  std::size_t memory = 0;   ///< of an LSTM that is handed over as it is
  std::size_t bridge = 0;   ///< ds, where a layer makes the first state; else 0
  bool every_step = false;  ///< the context enters each step too

  /// How many numbers of the source reach the decoder.
  std::size_t through() const;
};

/// The step "bottleneck".
void show_bottleneck(const Bottleneck& passes, trace::Builder& trace);

/// For the end: what got through, which word is left most in it, how sure the decoder was.
/// \param reach         of each word, or empty
/// \param probabilities of each word that was said, in its own step
std::string seen_of_context(const trace::Builder& trace, const Bottleneck& passes, const Vec& reach,
                            const std::vector<double>& probabilities);

}  // namespace attn::chapters
