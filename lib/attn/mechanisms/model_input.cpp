#include "attn/mechanisms/model_input.hpp"

#include <cmath>

#include "attn/core/shape_error.hpp"
#include "attn/mechanisms/embedding.hpp"

namespace attn::model_input {

Forward forward(const Mat& E, const std::vector<std::size_t>& words, const Mat& positions) {
  expect_nonempty("E", shape_of(E), "V,dm");
  expect_shape("positions", shape_of(positions), {words.size(), cols(E)}, "T,dm",
               "one row for each word, as wide as its embedding");
  const double root = std::sqrt(static_cast<double>(cols(E)));
  Forward f;
  f.embedded = embedding::forward(E, words);  // section 3.4
  f.scaled = root * f.embedded;               // "we multiply those weights by sqrt(dm)"
  f.x = f.scaled + positions;                 // section 3.5
  return f;
}

Backward backward(const Mat& E, const std::vector<std::size_t>& words, const Mat& d_x) {
  expect_shape("d_x", shape_of(d_x), {words.size(), cols(E)}, "T,dm", "the shape of x");
  const double root = std::sqrt(static_cast<double>(cols(E)));
  Backward b;
  // forward was: x = sqrt(dm) embedded + positions
  b.d_embedded = root * d_x;
  // forward was: embedded_t = E[w_t]
  b.d_E = embedding::backward(E, words, b.d_embedded);
  return b;
}

}  // namespace attn::model_input
