#include "chapters/parts/alignment_seen.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "chapters/parts/seen.hpp"

namespace attn::chapters {
namespace {

constexpr std::size_t most_steps = 8;

std::string place_of_largest(const Mat& weights, std::size_t i,
                             const std::vector<std::string>& source) {
  const Largest largest = largest_in_row(weights, i);
  return fmt::format("{} ({:.2f})",
                     largest.as_large == 1 ? word_in(source, largest.column)
                                           : fmt::format("{} places alike", largest.as_large),
                     largest.value);
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
