/// What the chapters on attention of words and queries say about its steps, held against the
/// tensors scores, scaled, masked, weights and context (with a prefix, where there are several).
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "tests/support/claims.hpp"
#include "tests/support/weight_claims.hpp"

namespace attn::test {

inline const std::string any_number = "(-?[0-9.]+(?:e[-+]?[0-9]+)?)";

/// Equal but for rounding, as are numbers that are computed in two ways.
inline bool nearly(double a, double b) {
  return a == b || std::abs(a - b) <= 1e-11 * std::max({1.0, std::abs(a), std::abs(b)});
}

inline bool nearly(const std::vector<double>& a, const std::vector<double>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](double x, double y) { return nearly(x, y); });
}

inline double largest_distance(const std::vector<double>& a, const std::vector<double>& b) {
  double largest = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

inline double largest_size(const std::vector<double>& numbers) {
  return largest_distance(numbers, std::vector<double>(numbers.size(), 0.0));
}

/// `numbers` are `of` times the factor.
inline bool are_times(const std::vector<double>& numbers, const std::vector<double>& of,
                      double factor) {
  std::vector<double> expected = of;
  for (double& number : expected) number *= factor;
  return nearly(numbers, expected);
}

/// Rows of the last axis.
inline std::vector<std::vector<double>> rows_of(const Said& said, const std::string& tensor) {
  const std::vector<double> values = said.values(tensor);
  const std::size_t width = said.shape(tensor).back();
  std::vector<std::vector<double>> rows;
  for (std::size_t i = 0; width > 0 && i < values.size(); i += width) {
    const auto row = values.begin() + static_cast<std::ptrdiff_t>(i);
    rows.emplace_back(row, row + static_cast<std::ptrdiff_t>(width));
  }
  return rows;
}

inline double sum_of(const std::vector<double>& numbers) {
  double sum = 0.0;
  for (const double number : numbers) sum += number;
  return sum;
}

/// How many rows of weights are 0 throughout.
inline double rows_without_weight(const Said& said, const std::string& weights) {
  const auto rows = rows_of(said, weights);
  return static_cast<double>(std::count_if(
      rows.begin(), rows.end(), [](const auto& row) { return largest_size(row) == 0.0; }));
}

/// Every row sums to 1 or, if all its keys are masked, is 0.
inline bool rows_are_weights(const Said& said, const std::string& weights,
                             const std::string& masked) {
  const auto rows = rows_of(said, weights), scores = rows_of(said, masked);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const bool blind = std::all_of(scores[i].begin(), scores[i].end(),
                                   [](double s) { return std::isinf(s) && s < 0.0; });
    if (!nearly(sum_of(rows[i]), blind ? 0.0 : 1.0)) return false;
    if (*std::min_element(rows[i].begin(), rows[i].end()) < 0.0) return false;
  }
  return true;
}

/// What is -inf has the weight 0.
inline bool hidden_weights_are_0(const Said& said, const std::string& prefix = "") {
  const std::vector<double> masked = said.values(prefix + "masked"),
                            weights = said.values(prefix + "weights");
  bool any = false;
  for (std::size_t i = 0; i < masked.size(); ++i) {
    if (!std::isinf(masked[i])) continue;
    any = true;
    if (weights[i] != 0.0) return false;
  }
  return any;
}

/// Of the steps scaled and masked.
inline std::vector<Claim> scale_and_mask_claims() {
  return {
      {"The scores stay as they are",
       [](const Said& said) { return said.values("scaled") == said.values("scores"); }},
      repeats("options\\.scale gives the factor\\."),
      repeats("options\\.scale is none: the factor is 1\\."),
      repeats("Multiply the scores by the scale"),
      repeats("A dot product of dk independent terms of one size spreads like sqrt\\(dk\\): .*"),
      {"Nothing is hidden here: the numbers are those of the step before\\.",
       [](const Said& said) { return said.values("masked") == said.values("scaled"); }},
      {"A score of -inf becomes a weight of exactly 0.*",
       [](const Said& said) { return hidden_weights_are_0(said); }},
  };
}

/// "Attention is not mutual: chase pays cats 0.8438, and cats pays chase 0.2447."
inline std::vector<Claim> mutual_claims(const std::string& tensor) {
  const auto most = [tensor](const Said& said) {
    const auto rows = rows_of(said, tensor);
    double largest = 0.0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        largest = std::max(largest, std::abs(rows[i][j] - rows[j][i]));
      }
    }
    return largest;
  };
  return {
      {"Attention is mutual: no pair pays each other weights 0\\.0001 apart\\.",
       [most](const Said& said) { return most(said) < 1e-4; }},
      {"Attention is not mutual: (.+) pays (.+) ([0-9.]+), and \\2 pays \\1 ([0-9.]+)\\.",
       [tensor, most](const Said& said) {
         const auto rows = rows_of(said, tensor);
         for (std::size_t i = 0; i < rows.size(); ++i) {
           for (std::size_t j = 0; j < rows.size(); ++j) {
             if (rows[i][j] - rows[j][i] < most(said) - 1e-12) continue;
             if (entry(said, tensor, 0, i) == said.text(1) &&
                 entry(said, tensor, 0, j) == said.text(2) && said.shows(3, rows[i][j]) &&
                 said.shows(4, rows[j][i])) {
               return said.text(3) != said.text(4);
             }
           }
         }
         return false;
       }},
  };
}

/// "No weight is above 0."
inline Claim no_weight_claim(const std::string& tensor) {
  return {"No weight is above 0\\.",
          [tensor](const Said& said) { return largest_size(said.values(tensor)) == 0.0; }};
}

inline std::vector<Claim> joined(std::vector<std::vector<Claim>> several) {
  std::vector<Claim> all;
  for (auto& claims : several) {
    for (Claim& claim : claims) all.push_back(std::move(claim));
  }
  return all;
}

}  // namespace attn::test
