#include "chapters/parts/seen.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace attn::chapters {

namespace {

Largest largest_among(const Mat& numbers, std::size_t first, std::size_t end) {
  Largest found;
  for (std::size_t i = first; i < end; ++i) {
    for (std::size_t j = 0; j < cols(numbers); ++j) {
      if (found.as_large > 0 && numbers(i, j) <= found.value) continue;
      found = {i, j, numbers(i, j), 1};
    }
  }
  const auto width = static_cast<std::ptrdiff_t>(cols(numbers));
  const double* data = numbers.data();
  found.as_large = static_cast<std::size_t>(
      std::count_if(data + static_cast<std::ptrdiff_t>(first) * width,
                    data + static_cast<std::ptrdiff_t>(end) * width,
                    [&](double number) { return found.value - number < 0.5e-4; }));
  return found;
}

}  // namespace

Largest largest_of(const Mat& numbers) { return largest_among(numbers, 0, rows(numbers)); }

Largest largest_in_row(const Mat& numbers, std::size_t row) {
  return largest_among(numbers, row, row + 1);
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

std::string mutual(const trace::Builder& trace, const Mat& weights, const std::string& axis) {
  if (rows(weights) < 2) return "";
  std::size_t more = 0, less = 0;  // the one that pays more, and the one that pays less
  double most = 0.0;
  for (std::size_t i = 0; i < rows(weights); ++i) {
    for (std::size_t j = 0; j < rows(weights); ++j) {
      if (weights(i, j) - weights(j, i) <= most) continue;
      most = weights(i, j) - weights(j, i), more = i, less = j;
    }
  }
  if (largest_of(weights).value == 0.0) return "";
  if (most < 1e-4) return " Attention is mutual: no pair pays each other weights 0.0001 apart.";
  return fmt::format(" Attention is not mutual: {0} pays {1} {2:.4f}, and {1} pays {0} {3:.4f}.",
                     trace.name_of(axis, more), trace.name_of(axis, less), weights(more, less),
                     weights(less, more));
}

std::string largest_by_head(const trace::Builder& trace, const Ten3& weights) {
  constexpr std::size_t most = 4;
  std::string said;
  for (std::size_t h = 0; h < std::min(most, weights.shape(0)); ++h) {
    Mat own = zeros(weights.shape(1), weights.shape(2));
    for (std::size_t i = 0; i < rows(own); ++i) {
      for (std::size_t j = 0; j < cols(own); ++j) own(i, j) = weights(h, i, j);
    }
    const Largest found = largest_of(own);
    if (!said.empty()) said += " ";
    if (!(found.value > 0.0)) {
      said += fmt::format("In head {} no weight is above 0.", h + 1);
      continue;
    }
    said +=
        fmt::format("In head {} no weight is above the {:.4f} that {} pays {}.", h + 1, found.value,
                    trace.name_of("Tq", found.row), trace.name_of("Tk", found.column));
  }
  return said;
}

std::string heads_differ(const trace::Builder& trace, const Ten3& weights) {
  if (weights.shape(0) < 2) return "";
  std::size_t row = 0, column = 0;
  double most = 0.0;
  for (std::size_t i = 0; i < weights.shape(1); ++i) {
    for (std::size_t j = 0; j < weights.shape(2); ++j) {
      const double apart = std::abs(weights(0, i, j) - weights(1, i, j));
      if (apart > most) most = apart, row = i, column = j;
    }
  }
  if (most < 1e-4) return " Heads 1 and 2 look alike: no weights of theirs are 0.0001 apart.";
  return fmt::format(" Heads 1 and 2 are furthest apart where {} looks at {}: {:.4f} and {:.4f}.",
                     trace.name_of("Tq", row), trace.name_of("Tk", column), weights(0, row, column),
                     weights(1, row, column));
}

std::string spread_of(const Vec& numbers) {
  const auto [low, high] = std::minmax_element(numbers.begin(), numbers.end());
  if (*high - *low <= 2e-3 * *high) return fmt::format("of about {:.2g}", *high);
  return fmt::format("from {:.4g} to {:.4g}", *low, *high);
}

std::string counted(std::size_t count, const std::string& one, const std::string& several) {
  return fmt::format("{} {}", count, count == 1 ? one : several);
}

}  // namespace attn::chapters
