/// How beam search is shown: round by round, the sentences that were kept.
#pragma once

#include <string>
#include <vector>

#include "attn/mechanisms/beam_search.hpp"
#include "attn/trace/build.hpp"
#include "chapters/parts/sentences.hpp"

namespace attn::chapters {

/// The hypotheses after each round, the best first.
using Rounds = std::vector<std::vector<beam_search::Hypothesis>>;

/// A step for each round. \throws Unfinished if there is none, or where no length penalty is
/// written.
void show_rounds(const Rounds& rounds, const beam_search::Options& search,
                 const Sentences& sentences, trace::Builder& trace);

/// Words of the target's vocabulary, with spaces between them.
std::string said(const std::vector<std::size_t>& words, const Sentences& sentences);

}  // namespace attn::chapters
