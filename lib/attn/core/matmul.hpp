/// Products of matrices and vectors. The implementation is the only file that knows Eigen.
#pragma once

#include <span>

#include "attn/core/tensor.hpp"

namespace attn {

/// C = A B with A (m, k), B (k, n), C (m, n). \throws ShapeError if the inner extents differ.
Mat matmul(const Mat& a, const Mat& b);

/// C = A B^T with A (m, k), B (n, k), C (m, n). \throws ShapeError if the inner extents differ.
Mat matmul_nt(const Mat& a, const Mat& b);

/// C = A^T B with A (k, m), B (k, n), C (m, n). \throws ShapeError if the inner extents differ.
Mat matmul_tn(const Mat& a, const Mat& b);

/// y = A x with A (m, n), x (n), y (m). \throws ShapeError if A is not as wide as x is long.
Vec matvec(const Mat& a, const Vec& x);

/// x = A^T y with A (m, n), y (m), x (n). \throws ShapeError if A has not as many rows as y
/// entries.
Vec matvec_tn(const Mat& a, const Vec& y);

/// C = a b^T with a (m), b (n), C (m, n).
Mat outer(const Vec& a, const Vec& b);

/// The products of matrices for A (l, m, k), whose vectors a_ij are taken as l m rows.
/// c_ij = a_ij B with B (k, n); c_ij = a_ij B^T with B (n, k); both C (l, m, n).
Ten3 matmul(const Ten3& a, const Mat& b);
Ten3 matmul_nt(const Ten3& a, const Mat& b);

/// C = sum_ij a_ij^T b_ij with A (l, m, p), B (l, m, n), C (p, n).
Mat matmul_tn(const Ten3& a, const Ten3& b);

/// The products of matrices for each entry of the first axis, of a batch or of heads.
/// C_h = A_h B_h with A (H, m, k), B (H, k, n); C_h = A_h B_h^T with B (H, n, k);
/// C_h = A_h^T B_h with A (H, k, m), B (H, k, n); all C (H, m, n).
/// \throws ShapeError if the first axes or the inner extents differ.
Ten3 batched_matmul(const Ten3& a, const Ten3& b);
Ten3 batched_matmul_nt(const Ten3& a, const Ten3& b);
Ten3 batched_matmul_tn(const Ten3& a, const Ten3& b);

/// Rows of a matrix that lie one after the other, seen where they are: nothing is copied.
template <class Number>
struct RowsIn {
  Number* data;
  std::size_t rows, cols;

  std::span<Number> row(std::size_t i) const { return {data + i * cols, cols}; }
  operator RowsIn<const Number>() const { return {data, rows, cols}; }
};
using RowsView = RowsIn<const double>;
using RowsBuffer = RowsIn<double>;

/// Rows `begin` to `begin + n` of a matrix.
inline RowsView rows_of(const Mat& m, std::size_t begin, std::size_t n) {
  return {m.data() + begin * cols(m), n, cols(m)};
}
inline RowsBuffer rows_of(Mat& m, std::size_t begin, std::size_t n) {
  return {m.data() + begin * cols(m), n, cols(m)};
}

/// Products that go into memory which is there already, for work that is done in blocks. The
/// shapes must fit: C (m, n).
/// C = factor A B^T with A (m, k), B (n, k).
void matmul_nt_into(double factor, RowsView a, RowsView b, RowsBuffer c);
/// C = C + A B with A (m, k), B (k, n).
void add_matmul(RowsView a, RowsView b, RowsBuffer c);
/// C = C + A^T B with A (k, m), B (k, n).
void add_matmul_tn(RowsView a, RowsView b, RowsBuffer c);

}  // namespace attn
