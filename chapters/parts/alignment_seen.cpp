#include "chapters/parts/alignment_seen.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace attn::chapters {
namespace {

constexpr std::size_t most_steps = 8;

std::string place_of_largest(const Mat& weights, std::size_t i,
                             const std::vector<std::string>& source) {
  std::size_t place = 0;
  for (std::size_t j = 1; j < cols(weights); ++j) {
    if (weights(i, j) > weights(i, place)) place = j;
  }
  const double largest = weights(i, place);
  std::size_t as_large = 0;
  for (std::size_t j = 0; j < cols(weights); ++j) {
    if (largest - weights(i, j) < 0.5e-4) ++as_large;
  }
  if (as_large == 1) return fmt::format("{} ({:.2f})", word_in(source, place), largest);
  return fmt::format("{} places alike ({:.2f})", as_large, largest);
}

}  // namespace

std::string word_in(const std::vector<std::string>& sentence, std::size_t place) {
  if (std::count(sentence.begin(), sentence.end(), sentence[place]) < 2) return sentence[place];
  return fmt::format("{} (word {})", sentence[place], place + 1);
}

std::string largest_of_each_step(const std::vector<std::string>& said, const Mat& weights,
                                 const std::vector<std::string>& source) {
  if (weights.size() == 0) return "";
  const std::size_t steps = std::min(rows(weights), most_steps);
  std::string text;
  for (std::size_t i = 0; i < steps; ++i) {
    text += fmt::format("{}{} at {}", i == 0 ? "" : ", ", said[i],
                        place_of_largest(weights, i, source));
  }
  return fmt::format("Each step's largest weight{}: {}.",
                     steps < rows(weights) ? fmt::format(", of the first {}", steps) : "", text);
}

}  // namespace attn::chapters
