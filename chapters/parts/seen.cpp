#include "chapters/parts/seen.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace attn::chapters {

Largest largest_of(const Mat& numbers) {
  Largest found;
  for (std::size_t i = 0; i < rows(numbers); ++i) {
    for (std::size_t j = 0; j < cols(numbers); ++j) {
      if (found.as_large > 0 && numbers(i, j) <= found.value) continue;
      found = {i, j, numbers(i, j), 1};
    }
  }
  found.as_large =
      static_cast<std::size_t>(std::count_if(numbers.begin(), numbers.end(), [&](double number) {
        return found.value - number < 0.5e-4;
      }));
  return found;
}

bool attends(const Mat& weights, std::size_t row) {
  for (std::size_t j = 0; j < cols(weights); ++j) {
    if (weights(row, j) != 0.0) return true;
  }
  return false;
}

std::string largest_weight(const trace::Builder& trace, const Mat& weights, const Role& looks,
                           const Role& looked_at) {
  const Largest largest = largest_of(weights);
  if (!(largest.value > 0.0)) return "No weight is above 0.";
  const std::string first = fmt::format("The largest weight is {:.4f}", largest.value);
  if (largest.as_large > 1) {
    return fmt::format("{}, and {} of the {} weights are as large, to four decimals.", first,
                       largest.as_large, weights.size());
  }
  return fmt::format("{}: the {} {} pays it to the {} {}.", first, looks.noun,
                     trace.name_of(looks.axis, largest.row), looked_at.noun,
                     trace.name_of(looked_at.axis, largest.column));
}

std::string counted(std::size_t count, const std::string& one, const std::string& several) {
  return fmt::format("{} {}", count, count == 1 ? one : several);
}

}  // namespace attn::chapters
