/// The claims that chapters whose decoder says words make about them.
#pragma once

#include <algorithm>
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

}  // namespace attn::test
