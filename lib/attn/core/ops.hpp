/// Small operations on the rows of a matrix, and on tensors over all pairs of a query and a key.
///
/// In what follows a_i is row i of A, and t_ij is the vector at (i, j) of T (Tq, Tk, d).
#pragma once

#include "attn/core/tensor.hpp"

namespace attn {

/// a_i + v, for each row. A (n, d), v (d). \throws ShapeError if A is not as wide as v is long.
Mat add_to_rows(const Mat& a, const Vec& v);

/// sum_i a_i (d): what flows back to a vector that was added to each row.
Vec sum_of_rows(const Mat& a);

/// The first n columns of A, or its last n. \throws ShapeError if A has fewer.
Mat first_columns(const Mat& a, std::size_t n);
Mat last_columns(const Mat& a, std::size_t n);

/// The first n rows of A. \throws ShapeError if A has fewer.
Mat first_rows(const Mat& a, std::size_t n);

Mat transpose(const Mat& a);

/// sum_ij a_ij b_ij. \throws ShapeError if the shapes differ.
double inner_product(const Mat& a, const Mat& b);

/// a_i . b_i for each row (n). \throws ShapeError if the shapes differ.
Vec row_products(const Mat& a, const Mat& b);

/// |a_i|, the Euclidean norm of each row (n). Does not overflow or underflow on the way.
Vec row_norms(const Mat& a);

/// t_ij = a_i + b_j. A (Tq, d), B (Tk, d). \throws ShapeError if the widths differ.
Ten3 pair_sums(const Mat& a, const Mat& b);

/// t_ij = [a_i; b_j], one vector after the other. A (Tq, da), B (Tk, db), T (Tq, Tk, da + db).
Ten3 pair_concat(const Mat& a, const Mat& b);

/// |a_i - b_j|^2 (Tq, Tk). A (Tq, d), B (Tk, d). \throws ShapeError if the widths differ.
Mat squared_distances(const Mat& a, const Mat& b);

/// sum_j t_ij (Tq, d): what flows back to A from pairs of a_i.
Mat sum_over_keys(const Ten3& t);

/// sum_i t_ij (Tk, d): what flows back to B from pairs of b_j.
Mat sum_over_queries(const Ten3& t);

/// t_ij . v (Tq, Tk). \throws ShapeError if v has not as many entries as t_ij.
Mat dot_pairs(const Ten3& t, const Vec& v);

/// t_ij = s_ij v. S (Tq, Tk), v (d).
Ten3 scale_pairs(const Mat& s, const Vec& v);

/// sum_ij s_ij t_ij (d). \throws ShapeError if S and T are not over the same pairs.
Vec weighted_sum_of_pairs(const Mat& s, const Ten3& t);

}  // namespace attn
