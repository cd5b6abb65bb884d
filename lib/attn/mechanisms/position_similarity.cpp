#include "attn/mechanisms/position_similarity.hpp"

#include <algorithm>

#include "attn/core/matmul.hpp"
#include "attn/core/shape_error.hpp"

namespace attn::position_similarity {

Forward forward(const Mat& encoding) {
  expect_nonempty("encoding", shape_of(encoding), "T,dm");
  const std::size_t T = rows(encoding);
  Forward f;
  f.similarity = matmul_nt(encoding, encoding);  // PE PE^T
  f.smallest = f.mean = f.largest = zeros(T);
  for (std::size_t distance = 0; distance < T; ++distance) {
    double low = f.similarity(0, distance), high = low, sum = 0.0;
    for (std::size_t p = 0; p + distance < T; ++p) {
      const double s = f.similarity(p, p + distance);
      low = std::min(low, s);
      high = std::max(high, s);
      sum += s;
    }
    f.smallest(distance) = low;
    f.mean(distance) = sum / static_cast<double>(T - distance);
    f.largest(distance) = high;
  }
  return f;
}

}  // namespace attn::position_similarity
