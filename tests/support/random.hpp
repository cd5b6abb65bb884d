/// Seeded random tensors, and the loss that gradient tests use.
#pragma once

#include <algorithm>
#include <cstdint>

#include "attn/core/random.hpp"
#include "attn/core/tensor.hpp"

namespace attn::test {

/// Entries are standard normal times `spread`.
template <class Tensor>
Tensor random_tensor(const typename Tensor::shape_type& shape, std::uint64_t seed,
                     double spread = 1.0) {
  const std::vector<double> values =
      random_values(Shape(shape.begin(), shape.end()), {Init::normal, 0.0, spread}, seed);
  Tensor tensor(shape);
  std::copy(values.begin(), values.end(), tensor.begin());
  return tensor;
}

inline Vec random_vec(std::size_t n, std::uint64_t seed, double spread = 1.0) {
  return random_tensor<Vec>({n}, seed, spread);
}
inline Mat random_mat(std::size_t m, std::size_t n, std::uint64_t seed, double spread = 1.0) {
  return random_tensor<Mat>({m, n}, seed, spread);
}
inline Ten3 random_ten3(std::size_t l, std::size_t m, std::size_t n, std::uint64_t seed,
                        double spread = 1.0) {
  return random_tensor<Ten3>({l, m, n}, seed, spread);
}

/// A mask that attends to about two keys in three, and always to the first key of a row.
inline Mask random_mask(std::size_t Tq, std::size_t Tk, std::uint64_t seed) {
  Random random(seed);
  Mask mask(Mask::shape_type{Tq, Tk});
  for (std::size_t i = 0; i < Tq; ++i) {
    for (std::size_t j = 0; j < Tk; ++j) mask(i, j) = random.uniform() < 2.0 / 3.0 || j == 0;
  }
  return mask;
}

/// sum of a_i b_i over all cells. With a random `b` the loss L = inner(result, b) has
/// dL/dresult = b, and no entry of the result goes unnoticed.
template <class Tensor>
double inner(const Tensor& a, const Tensor& b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a.data()[i] * b.data()[i];
  return sum;
}

}  // namespace attn::test
