/// The claims that the ends of several chapters make about weights: see chapters/parts/seen.hpp.
#pragma once

#include <algorithm>
#include <string>

#include "tests/support/claims.hpp"

namespace attn::test {

/// The entry's label or, without one, "[3]".
inline std::string entry(const Said& said, const std::string& tensor, std::size_t axis,
                         std::size_t index) {
  const std::vector<std::string> labels = said.labels(tensor, axis);
  return index < labels.size() ? labels[index] : "[" + std::to_string(index) + "]";
}

/// "The largest weight is 0.7444: the query x=8 pays it to the key x=4."
inline Claim largest_weight_claim(const std::string& tensor) {
  return {"The largest weight is ([0-9.]+): the \\S+ (.+) pays it to the \\S+ (.+)\\.",
          [tensor](const Said& said) {
            const std::vector<double> weights = said.values(tensor);
            const auto largest = std::max_element(weights.begin(), weights.end());
            const auto at = static_cast<std::size_t>(largest - weights.begin());
            const std::size_t width = said.shape(tensor)[1];
            return said.shows(1, *largest) && said.text(2) == entry(said, tensor, 0, at / width) &&
                   said.text(3) == entry(said, tensor, 1, at % width);
          }};
}

/// "The largest weight is 0.2500, and 12 of the 12 weights are as large, to four decimals."
inline Claim equal_largest_weights_claim(const std::string& tensor) {
  return {
      "The largest weight is ([0-9.]+), and ([0-9]+) of the ([0-9]+) weights are as large, to four "
      "decimals\\.",
      [tensor](const Said& said) {
        const std::vector<double> weights = said.values(tensor);
        const double largest = *std::max_element(weights.begin(), weights.end());
        const auto as_large = std::count_if(weights.begin(), weights.end(), [&](double weight) {
          return largest - weight < 0.5e-4;
        });
        return said.shows(1, largest) && said.number(2) == static_cast<double>(as_large) &&
               said.number(3) == static_cast<double>(weights.size());
      }};
}

}  // namespace attn::test
