/// Vectors: as rows of matrices, one after the other, and as parts of one another.
#pragma once

#include "attn/core/tensor.hpp"

namespace attn {

/// Row i of A (n, d), as a vector (d). \throws ShapeError if A has no row i.
Vec row(const Mat& a, std::size_t i);

/// The vector (d) as a matrix of one row (1, d).
Mat as_row(const Vec& v);

/// The vectors as the rows of a matrix (n, d). \throws ShapeError if they differ in length.
Mat stacked(const std::vector<Vec>& rows);

/// [a; b], one vector after the other.
Vec concatenated(const Vec& a, const Vec& b);

/// The first n entries of v, or its last n; n is at most its length.
Vec first_entries(const Vec& v, std::size_t n);
Vec last_entries(const Vec& v, std::size_t n);

/// The rows of A (n, d) from the last to the first.
Mat reversed_rows(const Mat& a);

}  // namespace attn
