#include "chapters/parts/beam_shown.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace attn::chapters {
namespace {

using Beam = std::vector<beam_search::Hypothesis>;

std::string prose_of(const Rounds& rounds, std::size_t r, const beam_search::Options& search) {
  std::string prose;
  if (r == 0) {
    prose = fmt::format(
        "Greedy decoding never takes a word back. Beam search keeps the best beginnings, at most "
        "{}: "
        "each is continued by every word, and the best of all that come of it are kept, each with "
        "a cache of its own. ",
        search.width);
    prose += search.alpha == 0.0
                 ? "options.length_penalty is 0, so the score is log P itself. "
                 : fmt::format(
                       "log P never rises with a word more, which favours short sentences; it "
                       "is divided by a penalty that grows with them. alpha is "
                       "options.length_penalty, {}. ",
                       search.alpha);
  }
  const Beam& beam = rounds[r];
  const auto ended = std::count_if(beam.begin(), beam.end(), [](const auto& h) { return h.ended; });
  if (r + 1 == rounds.size()) {
    prose += beam_search::all_ended(beam) ? "All have ended; the first is the translation."
                                          : "options.limit ends the search; the first is the "
                                            "translation.";
  } else if (ended > 0) {
    prose += "What has ended stays as it is, and competes with what has not.";
  }
  return prose;
}

void show_round(const Rounds& rounds, std::size_t r, const beam_search::Options& search,
                const Sentences& sentences, trace::Builder& trace) {
  const Beam& beam = rounds[r];
  std::vector<std::string> names;
  Vec log_P = zeros(beam.size()), penalty = zeros(beam.size()), score = zeros(beam.size());
  for (std::size_t i = 0; i < beam.size(); ++i) {
    names.push_back(said(beam[i].words, sentences));
    log_P(i) = beam[i].log_probability;
    penalty(i) = beam_search::length_penalty(beam[i].words.size(), search.alpha);
    score(i) = beam[i].score;
  }
  const std::string at = fmt::format("round{}", r + 1), axis = fmt::format("beam{}", r + 1);
  trace.label(axis, names);
  trace.step(at, fmt::format("Beam search, round {}: {}", r + 1, names.front()),
             prose_of(rounds, r, search), r == 0 ? "score = log P(Y) / ((5 + |Y|) / 6)^alpha" : "",
             r == 0 ? "arXiv:1609.08144v2, eq. (14)" : "");
  const double of_this_round = beam_search::length_penalty(r + 1, search.alpha);
  trace.fold(search.alpha == 0.0);
  trace.tensor({"length_penalty", "", fmt::format("((5 + {}) / 6)^{}", r + 1, search.alpha)},
               of_this_round, at + ".");
  trace.fold(false);
  if (!is_written(of_this_round)) throw Unfinished();
  std::vector<std::pair<std::string, Vec>> columns{{"log P", log_P}, {"score", score}};
  if (search.alpha != 0.0) columns.insert(columns.begin() + 1, {"penalty", penalty});
  trace.table({at + ".hypotheses", axis + ",measure", ""}, columns);
}

}  // namespace

std::string said(const std::vector<std::size_t>& words, const Sentences& sentences) {
  std::vector<std::string> names;
  for (const std::size_t word : words) names.push_back(sentences.word(word));
  return joined(names);
}

void show_rounds(const Rounds& rounds, const beam_search::Options& search,
                 const Sentences& sentences, trace::Builder& trace) {
  if (rounds.empty()) throw Unfinished();
  for (std::size_t r = 0; r < rounds.size(); ++r) show_round(rounds, r, search, sentences, trace);
}

}  // namespace attn::chapters
