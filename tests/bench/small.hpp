/// Random tensors of width 256 with small entries, so that recurrent cells do not saturate.
#pragma once

#include <algorithm>

#include "attn/core/random.hpp"

namespace attn::bench {

inline constexpr std::size_t width = 256;

template <class Tensor>
Tensor small(const typename Tensor::shape_type& shape, std::uint64_t seed) {
  const std::vector<double> values =
      random_values(Shape(shape.begin(), shape.end()), {Init::normal, 0.0, 0.06}, seed);
  Tensor tensor(shape);
  std::copy(values.begin(), values.end(), tensor.begin());
  return tensor;
}

inline Mat mat(std::uint64_t seed, std::size_t m = width, std::size_t n = width) {
  return small<Mat>({m, n}, seed);
}

inline Vec vec(std::uint64_t seed, std::size_t n = width) { return small<Vec>({n}, seed); }

}  // namespace attn::bench
