#include "chapters/parts/words_said.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "attn/core/vectors.hpp"
#include "attn/mechanisms/key_value_cache.hpp"
#include "chapters/parts/beam_shown.hpp"
#include "chapters/parts/encoder_shown.hpp"
#include "chapters/parts/seen.hpp"
#include "chapters/parts/shown_fields.hpp"

namespace attn::chapters {
namespace {

constexpr std::size_t most_caches = 8;  // of so many steps the whole cache is shown
constexpr std::size_t most_rows = 600;  // that are computed again without a cache

/// How many of the last of T prefixes, 1 to T words long, have no more rows than that; one at
/// least.
std::size_t prefixes_again(std::size_t T) {
  std::size_t count = 1, all = T;
  while (count < T && all + T - count <= most_rows) {
    all += T - count;
    ++count;
  }
  return count;
}

/// Weights (H, 1, Tk) as a matrix (H, Tk).
Mat of_one_query(const Ten3& weights) {
  Mat by_head =
      zeros(weights.shape(0), weights.size() / std::max<std::size_t>(1, weights.shape(0)));
  std::copy(weights.begin(), weights.end(), by_head.begin());
  return by_head;
}

/// Infinite for tensors of different shapes.
template <class T>
double largest_difference(const T& a, const T& b) {
  if (a.shape() != b.shape()) return std::numeric_limits<double>::infinity();
  double largest = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    largest = std::max(largest, std::abs(a.data()[i] - b.data()[i]));
  }
  return largest;
}

}  // namespace

std::vector<std::size_t> WordsSaid::decode(const transformer::Source& source) {
  asked_ = true;
  Decoding words = how_.words;
  if (how_.beam) {
    rounds_ = transformer::beam_decode(params_, source, words.start, how_.search);
    if (rounds_.empty()) return {};
    words.target = rounds_.back().front().words;
  }
  decoded_ = transformer::decode_word_by_word(params_, source, words, how_.beam ? 0 : most_caches);
  return words.forced() ? words.target : decoded_.words;
}

void WordsSaid::show(const transformer::Source& source) {
  if (!asked_) decode(source);
  if (how_.beam)
    show_rounds(rounds_, how_.search, sentences_, trace_);
  else
    show_steps();
  if (decoded_.steps.empty() || !decoded_.steps.back().complete()) throw Unfinished();
  show_cache(source);
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
                   "Now word by word{}. The first step is given {}. Keys and values of the words "
                   "before are in the cache, so only the new word goes through the layers. ",
                   how_.words.forced() ? ", and the target leads"
                                       : ", as when nobody knows the translation",
                   sentences_.word(now.previous))
             : fmt::format(
                   "Given {0}. The cache has the keys and values of {1} before; those of "
                   "{0} are added to it. ",
                   sentences_.word(now.previous),
                   t == 1 ? "the word" : fmt::format("the {} words", t));
  std::string title = fmt::format("Word {}", t + 1);
  if (complete) {
    const std::size_t word = decoded_.words[t];
    title += ": " + sentences_.word(word);
    prose += likely(t);
    if (how_.words.forced()) {
      const std::size_t target = how_.words.target[t];
      prose += fmt::format(
          " The target has {} here (p = {:.4f}){}", sentences_.word(target),
          now.next.probabilities(0, target),
          t + 1 < how_.words.target.size() ? ", and that goes into the next step." : ".");
    } else if (word == how_.words.stop) {
      prose += " That ends the sentence.";
    } else if (t + 1 == how_.words.limit) {
      prose += " options.limit ends the sentence here.";
    }
  }
  std::vector<std::string> names;
  for (std::size_t i = 0; i <= t; ++i) names.push_back(sentences_.word(decoded_.steps[i].previous));
  const std::string at = fmt::format("t{}", t + 1);
  trace_.label(at, names);  // an axis too: what has been given so far
  trace_.step(at, title, prose);
  if (t < decoded_.caches.size()) show_kept(t);
  for (std::size_t n = 0; n < now.decoder.layers.size(); ++n) {
    const decoder_block::Step& layer = now.decoder.layers[n];
    const std::string prefix = fmt::format("{}.layer{}.", at, n + 1);
    trace_.fold(true);
    trace_.tensor({"self.weights", "H," + at, "", "", Kind::weight},
                  of_one_query(layer.self.inner.weights), prefix);
    trace_.fold(t > 0 || n + 1 < now.decoder.layers.size());
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

/// The word of step t, and whether others are as likely.
std::string WordsSaid::likely(std::size_t t) const {
  const Vec p = row(decoded_.steps[t].next.probabilities, 0);
  const std::size_t word = decoded_.words[t];
  const auto as_likely = static_cast<std::size_t>(
      std::count_if(p.begin(), p.end(), [&](double other) { return p(word) - other < 0.5e-4; }));
  return as_likely == 1
             ? fmt::format("The most likely next word is {} (p = {:.4f}).", sentences_.word(word),
                           p(word))
             : fmt::format(
                   "{} words are the most likely next, to four decimals (p = {:.4f}): {} is "
                   "taken, the largest or the first of the largest.",
                   as_likely, p(word), sentences_.word(word));
}

/// What each layer has in its cache after step t.
void WordsSaid::show_kept(std::size_t t) {
  name_self_attention_axes(trace_, fmt::format("t{}", t + 1), "dm");
  const decoder::Cache& cache = decoded_.caches[t];
  for (std::size_t n = 0; n < cache.layers.size(); ++n) {
    fold_fields(key_value_cache::Forward{cache.layers[n].self},
                fmt::format("t{}.layer{}.key_value_cache.", t + 1, n + 1), trace_);
  }
}

/// The same words without a cache: each prefix goes through all layers from the start.
void WordsSaid::show_cache(const transformer::Source& source) {
  const std::size_t T = decoded_.steps.size();
  std::vector<std::size_t> given;
  for (const transformer::Step& step : decoded_.steps) given.push_back(step.previous);
  const std::size_t count = prefixes_again(T), first = T - count;
  Vec difference = zeros(count), with = zeros(count), without = zeros(count);
  std::vector<std::string> names;
  transformer::Target again;
  for (std::size_t t = first; t < T; ++t) {
    const std::vector<std::size_t> prefix(given.begin(),
                                          given.begin() + static_cast<std::ptrdiff_t>(t + 1));
    again = transformer::decode(params_, source, prefix);
    difference(t - first) =
        largest_difference(row(again.next.logits, t), row(decoded_.steps[t].next.logits, 0));
    with(t - first) = static_cast<double>(rows(decoded_.steps[t].input.x));
    without(t - first) = static_cast<double>(rows(again.input.x));
    names.push_back(fmt::format("word {}", t + 1));
  }
  trace_.label("step", names);
  const double largest = *std::max_element(difference.begin(), difference.end());
  const std::string of_these = first == 0   ? ""
                               : count == 1 ? " of the last word"
                                            : fmt::format(" of the last {} words", count);
  trace_.step(
      "cache", "With the cache and without it",
      fmt::format("Without a cache every step sends all words before it through all layers again. "
                  "But no word sees those after it, so its keys and values stay what they were, "
                  "and all numbers are the same up to rounding. The largest difference of any "
                  "logit{} is {}. The second table has that of the keys and values in the cache, "
                  "layer by layer.",
                  of_these, largest == 0.0 ? "0" : fmt::format("{:.1e}", largest)));
  trace_.table({"cache", "step,cost", ""},
               {{"difference", difference}, {"rows with cache", with}, {"rows without", without}});
  show_kept_against(again);
}

/// With a beam the best sentence, in which each step was given the word before.
std::vector<std::size_t> WordsSaid::words() const {
  return how_.beam ? rounds_.back().front().words : decoded_.words;
}

std::string WordsSaid::seen() const {
  const std::vector<std::size_t> chosen = words();
  const std::size_t T = decoded_.steps.size();
  double least = 1.0;
  for (std::size_t t = 0; t < std::min(T, chosen.size()); ++t) {
    least = std::min(least, decoded_.steps[t].next.probabilities(0, chosen[t]));
  }
  return fmt::format(
      " The decoder said \"{}\".{} The least likely of these words has the probability "
      "{:.4f}. With the cache {} through its layers, without it {}.",
      said(chosen, sentences_), seen_of_target(sentences_, chosen), least,
      counted(T, "row went", "rows went"), T * (T + 1) / 2);
}

/// What is in the cache at the end, and what all words at once have in its place.
void WordsSaid::show_kept_against(const transformer::Target& again) {
  std::vector<std::string> names;
  const std::size_t M = again.decoder.layers.size();
  Vec keys = zeros(M), values = zeros(M);
  for (std::size_t n = 0; n < M; ++n) {
    const multi_head::Forward& whole = again.decoder.layers[n].self.inner;
    const multi_head::Projected& kept = decoded_.cache.layers[n].self;
    keys(n) = largest_difference(whole.k_heads, kept.k_heads);
    values(n) = largest_difference(whole.v_heads, kept.v_heads);
    names.push_back(fmt::format("layer {}", n + 1));
  }
  trace_.label("layer", names);
  trace_.table({"cached", "layer,cached", ""}, {{"keys", keys}, {"values", values}});
}

}  // namespace attn::chapters
