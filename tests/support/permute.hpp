/// Rows and columns in another order, for the laws of permutation.
#pragma once

#include <vector>

#include "attn/core/tensor.hpp"

namespace attn::test {

using Order = std::vector<std::size_t>;

/// Row i of the result is row order[i] of m.
template <class Matrix>
Matrix permute_rows(const Matrix& m, const Order& order) {
  Matrix permuted = m;
  for (std::size_t i = 0; i < m.shape(0); ++i) {
    for (std::size_t j = 0; j < m.shape(1); ++j) permuted(i, j) = m(order[i], j);
  }
  return permuted;
}

/// Column j of the result is column order[j] of m.
template <class Matrix>
Matrix permute_columns(const Matrix& m, const Order& order) {
  Matrix permuted = m;
  for (std::size_t i = 0; i < m.shape(0); ++i) {
    for (std::size_t j = 0; j < m.shape(1); ++j) permuted(i, j) = m(i, order[j]);
  }
  return permuted;
}

}  // namespace attn::test
