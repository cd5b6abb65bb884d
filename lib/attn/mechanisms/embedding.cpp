#include "attn/mechanisms/embedding.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "attn/core/shape_error.hpp"

namespace attn::embedding {

Mat forward(const Mat& E, const std::vector<std::size_t>& words) {
  expect_nonempty("E", shape_of(E), "V,d");
  Mat x = zeros(words.size(), cols(E));
  for (std::size_t t = 0; t < words.size(); ++t) {
    if (words[t] >= rows(E)) {
      throw std::out_of_range("word " + std::to_string(words[t]) + " of a vocabulary of " +
                              std::to_string(rows(E)));
    }
    std::copy_n(E.data() + words[t] * cols(E), cols(E), x.data() + t * cols(E));
  }
  return x;
}

Mat backward(const Mat& E, const std::vector<std::size_t>& words, const Mat& d_x) {
  expect_shape("d_x", shape_of(d_x), {words.size(), cols(E)}, "T,d", "one row for each word");
  Mat d_E = zeros(rows(E), cols(E));
  for (std::size_t t = 0; t < words.size(); ++t) {
    for (std::size_t d = 0; d < cols(E); ++d) d_E(words[t], d) += d_x(t, d);
  }
  return d_E;
}

}  // namespace attn::embedding
