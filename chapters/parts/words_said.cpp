#include "chapters/parts/words_said.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "attn/core/vectors.hpp"
#include "chapters/parts/decoder_shown.hpp"
#include "chapters/parts/encoder_shown.hpp"

namespace attn::chapters {
namespace {

constexpr std::size_t most_prefixes = 64;

/// Weights (H, 1, Tk) as a matrix (H, Tk).
Mat of_one_query(const Ten3& weights) {
  Mat by_head =
      zeros(weights.shape(0), weights.size() / std::max<std::size_t>(1, weights.shape(0)));
  std::copy(weights.begin(), weights.end(), by_head.begin());
  return by_head;
}

double largest_difference(const Vec& a, const Vec& b) {
  double largest = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a(i) - b(i)));
  return largest;
}

}  // namespace

std::vector<std::size_t> WordsSaid::decode(const transformer::Source& source) {
  Decoding words = how_.words;
  if (how_.beam) {
    rounds_ = transformer::beam_decode(params_, source, words.start, how_.search);
    if (rounds_.empty()) return {};
    words.target = rounds_.back().front().words;
  }
  decoded_ = transformer::decode_word_by_word(params_, source, words);
  return words.forced() ? words.target : decoded_.words;
}

void WordsSaid::show(const transformer::Source& source) {
  if (how_.beam)
    show_rounds();
  else
    show_steps();
  if (decoded_.steps.empty() || !decoded_.steps.back().complete()) throw Unfinished();
  show_cache(source);
}

std::string WordsSaid::sentence(const std::vector<std::size_t>& words) const {
  std::vector<std::string> names;
  for (const std::size_t word : words) names.push_back(sentences_.word(word));
  return joined(names);
}

void WordsSaid::show_steps() {
  for (std::size_t t = 0; t < decoded_.steps.size(); ++t) show_step(t);
}

/// One word: what it looked at, and what might come next.
void WordsSaid::show_step(std::size_t t) {
  const transformer::Step& now = decoded_.steps[t];
  const bool complete = now.complete();
  std::string prose =
      t == 0 ? fmt::format(
                   "Now word by word, as when nobody knows the translation. The first step "
                   "is given {}. Keys and values of the words before are in the cache, so "
                   "only the new word goes through the layers. ",
                   sentences_.word(now.previous))
             : fmt::format("Given {}; {} in the cache. ", sentences_.word(now.previous),
                           t == 1 ? "one position is" : fmt::format("{} positions are", t));
  std::string title = fmt::format("Word {}", t + 1);
  if (complete) {
    const std::size_t word = decoded_.words[t];
    title += ": " + sentences_.word(word);
    prose += fmt::format("The most likely next word is {} (p = {:.4f}).", sentences_.word(word),
                         now.next.probabilities(0, word));
    if (how_.words.forced()) {
      const std::size_t target = how_.words.target[t];
      prose +=
          fmt::format(" The target has {} here (p = {:.4f}), and that goes into the next step.",
                      sentences_.word(target), now.next.probabilities(0, target));
    } else if (word == how_.words.stop) {
      prose += " That ends the sentence.";
    } else if (t + 1 == how_.words.limit) {
      prose += " options.limit ends the sentence here.";
    }
  }
  std::vector<std::string> names;
  for (std::size_t i = 0; i <= t; ++i) names.push_back(sentences_.word(decoded_.steps[i].previous));
  trace_.label("before", names);
  const std::string at = fmt::format("t{}", t + 1);
  trace_.step(at, title, prose);
  for (std::size_t n = 0; n < now.decoder.layers.size(); ++n) {
    const decoder_block::Step& layer = now.decoder.layers[n];
    const std::string prefix = fmt::format("{}.layer{}.", at, n + 1);
    trace_.fold(true);
    trace_.tensor({"self.weights", "H,before", "", "", Kind::weight},
                  of_one_query(layer.self.inner.weights), prefix);
    trace_.fold(n + 1 < now.decoder.layers.size());
    trace_.tensor({"cross.weights", "H,Tx", "", "", Kind::weight},
                  of_one_query(layer.cross.inner.weights), prefix);
    trace_.fold(false);
  }
  if (!complete) throw Unfinished();
  trace_.fold(true);
  trace_.tensor({"logits", "Vy", "y W + b"}, row(now.next.logits, 0), at + ".");
  trace_.fold(false);
  trace_.tensor({"probabilities", "Vy", "softmax(logits)", "", Kind::weight},
                row(now.next.probabilities, 0), at + ".");
}

void WordsSaid::show_rounds() {
  if (rounds_.empty()) throw Unfinished();
  for (std::size_t r = 0; r < rounds_.size(); ++r) {
    const std::vector<beam_search::Hypothesis>& beam = rounds_[r];
    std::vector<std::string> names;
    Vec log_P = zeros(beam.size()), score = zeros(beam.size());
    std::size_t ended = 0;
    for (std::size_t i = 0; i < beam.size(); ++i) {
      names.push_back(sentence(beam[i].words));
      log_P(i) = beam[i].log_probability;
      score(i) = beam[i].score;
      if (beam[i].ended) ++ended;
    }
    const std::string at = fmt::format("round{}", r + 1);
    std::string prose =
        r == 0 ? fmt::format(
                     "Greedy decoding never takes a word back. Beam search keeps the {} "
                     "best beginnings: each is continued by every word, and the best of "
                     "all that come of it are kept, each with a cache of its own. ",
                     how_.search.width)
               : "";
    if (r + 1 == rounds_.size()) {
      prose += ended == beam.size()
                   ? "All have ended; the first is the translation."
                   : "options.limit ends the search; the first is the translation.";
    } else if (ended > 0) {
      prose += "What has ended stays as it is, and competes with what has not.";
    }
    trace_.label("beam" + std::to_string(r + 1), names);
    trace_.step(at, fmt::format("Beam search, round {}: {}", r + 1, names.front()), prose,
                r == 0 ? "score = log P(Y) / ((5 + |Y|) / 6)^alpha" : "",
                r == 0 ? "arXiv:1609.08144v2, eq. (14)" : "");
    trace_.table({at + ".hypotheses", fmt::format("beam{},measure", r + 1), ""},
                 {{"log P", log_P}, {"score", score}});
  }
}

/// The same words without a cache: each prefix goes through all layers from the start.
void WordsSaid::show_cache(const transformer::Source& source) {
  const std::size_t T = decoded_.steps.size();
  std::vector<std::size_t> given;
  for (const transformer::Step& step : decoded_.steps) given.push_back(step.previous);
  const std::size_t first = T > most_prefixes ? T - most_prefixes : 0;
  Vec difference = zeros(T - first), with = zeros(T - first), without = zeros(T - first);
  std::vector<std::string> names;
  for (std::size_t t = first; t < T; ++t) {
    const std::vector<std::size_t> prefix(given.begin(),
                                          given.begin() + static_cast<std::ptrdiff_t>(t + 1));
    const transformer::Target again = transformer::decode(params_, source, prefix);
    difference(t - first) =
        largest_difference(row(again.next.logits, t), row(decoded_.steps[t].next.logits, 0));
    with(t - first) = static_cast<double>(rows(decoded_.steps[t].input.x));
    without(t - first) = static_cast<double>(rows(again.input.x));
    names.push_back(fmt::format("word {}", t + 1));
  }
  trace_.label("step", names);
  trace_.step("cache", "With the cache and without it: the same words",
              fmt::format("Without a cache every step sends all words before it through all layers "
                          "again. But no word sees those after it, so its keys and values stay "
                          "what they were. The numbers are the same up to rounding: the largest "
                          "difference of any logit is {:.1e}.{}",
                          *std::max_element(difference.begin(), difference.end()),
                          first > 0 ? fmt::format(" (The last {} words.)", most_prefixes) : ""));
  trace_.table({"cache", "step,measure", ""},
               {{"difference", difference}, {"rows with cache", with}, {"rows without", without}});
}

}  // namespace attn::chapters
