/// The claims that chapters whose decoder says words make about them.
#pragma once

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "tests/support/claims.hpp"

namespace attn::test {

inline std::string in_one_line(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

/// The number of the step "t2.output": 2.
inline std::size_t time_of(const Said& said) { return std::stoul(said.step.substr(1)); }

/// The label of the largest number of a vector.
inline std::string most_likely_word(const Said& said, const std::string& tensor) {
  const std::vector<double> numbers = said.values(tensor);
  const auto largest = std::max_element(numbers.begin(), numbers.end());
  return said.labels(tensor, 0)[static_cast<std::size_t>(largest - numbers.begin())];
}

/// How many of the words that should have been, were said. \param losses labelled with the former
inline std::size_t said_in_place(const Said& said, const std::string& losses) {
  const std::vector<std::string> wanted = said.labels(losses, 0), words = said.labels("said", 0);
  std::size_t right = 0;
  for (std::size_t t = 0; t < std::min(wanted.size(), words.size()); ++t) {
    if (wanted[t] == words[t]) ++right;
  }
  return right;
}

/// "love" or, where the sentence has it more than once, "love (word 2)".
inline std::string word_in(const std::vector<std::string>& sentence, std::size_t place) {
  if (std::count(sentence.begin(), sentence.end(), sentence[place]) == 1) return sentence[place];
  return sentence[place] + " (word " + std::to_string(place + 1) + ")";
}

/// Whether "at love most (0.93)", "love (0.93)" or "3 places alike (0.33)" is said of the weights.
/// \param alike weights that differ by less
inline bool looks_there(const std::string& text, const std::vector<double>& weights,
                        const std::vector<std::string>& source, double alike) {
  const auto largest = std::max_element(weights.begin(), weights.end());
  const auto as_large = std::count_if(weights.begin(), weights.end(),
                                      [&](double weight) { return *largest - weight < alike; });
  char shown[32];
  std::snprintf(shown, sizeof shown, "%.2f", *largest);
  const std::string word = word_in(source, static_cast<std::size_t>(largest - weights.begin()));
  const std::string value = std::string(" (") + shown + ")";
  const std::string several = std::to_string(as_large) + " places alike" + value;
  if (as_large > 1) return text == several || text == "at " + several;
  return text == word + value || text == "at " + word + " most" + value;
}

/// Whether "我 at I (0.97), 爱 at 2 places alike (0.50)" is said in that group of the rows of the
/// weights, which have these names.
inline bool looks_of_rows(const Said& said, std::size_t group,
                          const std::vector<std::string>& names, const std::vector<double>& weights,
                          const std::vector<std::string>& source) {
  const auto width = static_cast<std::ptrdiff_t>(source.size());
  std::string text = said.text(group);
  for (std::size_t i = 0; i < std::min<std::size_t>(names.size(), 8); ++i) {
    const std::string start = (i == 0 ? "" : ", ") + names[i] + " at ";
    if (!text.starts_with(start)) return false;
    text = text.substr(start.size());
    const std::string one = text.substr(0, text.find("), ") + 1);
    const auto row = weights.begin() + static_cast<std::ptrdiff_t>(i) * width;
    if (!looks_there(one.empty() ? text : one, {row, row + width}, source, 0.5e-4)) return false;
    text = one.empty() ? "" : text.substr(one.size());
  }
  return text.empty();
}

/// The same of a tensor of weights whose rows are labelled.
inline bool largest_of_each_step_is(const Said& said, std::size_t group, const std::string& weights,
                                    const std::vector<std::string>& source) {
  return looks_of_rows(said, group, said.labels(weights, 0), said.values(weights), source);
}

/// How the words that were said came to an end. \param words has an axis of them
inline std::vector<Claim> stop_claims(const std::string& words) {
  return {{"Then came (.*)\\.",
           [words](const Said& said) { return said.labels(words, 0).back() == said.text(1); }},
          {"The word (.*) never came: options\\.limit ended it\\.", [words](const Said& said) {
             const std::vector<std::string> all = said.labels(words, 0);
             return std::count(all.begin(), all.end(), said.text(1)) == 0;
           }}};
}

/// All of these claims, and those.
inline std::vector<Claim> with_claims(std::vector<Claim> all, const std::vector<Claim>& others) {
  all.insert(all.end(), others.begin(), others.end());
  return all;
}

}  // namespace attn::test
