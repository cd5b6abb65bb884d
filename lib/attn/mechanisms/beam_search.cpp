#include "attn/mechanisms/beam_search.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace attn::beam_search {

bool all_ended(const std::vector<Hypothesis>& beam) {
  return std::all_of(beam.begin(), beam.end(), [](const Hypothesis& h) { return h.ended; });
}

void expect_options(const Options& options) {
  if (options.width == 0) throw std::invalid_argument("the beam has a width of 0");
  if (options.limit == 0) throw std::invalid_argument("the limit is 0 words");
  if (!std::isfinite(options.alpha)) throw std::invalid_argument("alpha is not finite");
}

// step: length_penalty
double length_penalty(std::size_t words, double alpha) {
  return std::pow((5.0 + static_cast<double>(words)) / 6.0, alpha);  // eq. (14)
}

std::vector<Hypothesis> extend(const std::vector<Hypothesis>& beam,
                               const std::vector<Vec>& log_probabilities, const Options& options) {
  std::vector<Hypothesis> candidates;
  for (std::size_t place = 0; place < beam.size(); ++place) {
    const Hypothesis& hypothesis = beam[place];
    if (hypothesis.ended) {
      candidates.push_back(hypothesis);
      candidates.back().parent = place;
      continue;
    }
    const Vec& log_p = log_probabilities.at(place);
    for (std::size_t word = 0; word < log_p.size(); ++word) {
      Hypothesis longer = hypothesis;
      longer.words.push_back(word);
      longer.log_probability += log_p(word);
      longer.score = longer.log_probability / length_penalty(longer.words.size(), options.alpha);
      longer.ended = word == options.stop;
      longer.parent = place;
      candidates.push_back(std::move(longer));
    }
  }
  // Candidates stand in the order of their parents, then of their words: a stable sort keeps it.
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const Hypothesis& a, const Hypothesis& b) { return a.score > b.score; });
  if (candidates.size() > options.width) candidates.resize(options.width);
  return candidates;
}

}  // namespace attn::beam_search
