#include "attn/mechanisms/decoding.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "attn/core/shape_error.hpp"

namespace attn {

bool Decoding::goes_on(const std::vector<std::size_t>& words) const {
  const bool stopped = !forced() && !words.empty() && words.back() == stop;
  return words.size() < most() && !stopped;
}

std::size_t Decoding::previous(const std::vector<std::size_t>& words) const {
  if (words.empty()) return start;
  return forced() ? target[words.size() - 1] : words.back();
}

std::size_t most_likely(const Vec& probabilities) {
  expect_nonempty("probabilities", shape_of(probabilities), "V");
  return static_cast<std::size_t>(std::max_element(probabilities.begin(), probabilities.end()) -
                                  probabilities.begin());
}

void expect_words(const Decoding& how, std::size_t V) {
  const auto expect = [&](const std::string& name, std::size_t word) {
    if (word < V) return;
    throw std::invalid_argument(name + " is word " + std::to_string(word) + " of a vocabulary of " +
                                std::to_string(V));
  };
  expect("start", how.start);
  expect("stop", how.stop);
  for (const std::size_t word : how.target) expect("a target", word);
  if (!how.forced() && how.limit == 0) throw std::invalid_argument("the limit is 0 words");
}

}  // namespace attn
