#include "attn/mechanisms/position_similarity.hpp"

#include <algorithm>

#include "attn/core/matmul.hpp"
#include "attn/core/norms.hpp"
#include "attn/core/shape_error.hpp"

namespace attn::position_similarity {

Forward forward(const Mat& encoding) {
  expect_nonempty("encoding", shape_of(encoding), "T,dm");
  Forward f;
  f.similarity = matmul_nt(encoding, encoding);  // PE(p) . PE(q)
  return f;
}

ByDistance by_distance(const Mat& similarity) {
  const std::size_t T = rows(similarity);
  expect_nonempty("similarity", shape_of(similarity), "T,T");
  expect_shape("similarity", shape_of(similarity), {T, T}, "T,T", "a row and a column a position");
  ByDistance by{zeros(T), zeros(T), zeros(T)};
  for (std::size_t distance = 0; distance < T; ++distance) {
    double low = similarity(0, distance), high = low;
    std::vector<double> along;
    for (std::size_t p = 0; p + distance < T; ++p) {
      const double s = similarity(p, p + distance);
      low = std::min(low, s);
      high = std::max(high, s);
      along.push_back(s);
    }
    by.smallest(distance) = low;
    by.mean(distance) = attn::mean(along);
    by.largest(distance) = high;
  }
  return by;
}

}  // namespace attn::position_similarity
