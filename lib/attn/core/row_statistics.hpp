/// Mean and variance of each row of a matrix, and what takes them out again: the parts of a layer
/// norm. In what follows a_i is row i of A (n, d).
#pragma once

#include "attn/core/tensor.hpp"

namespace attn {

/// 1/d sum_k a_ik (n). Of a row whose entries are all equal exactly that entry.
/// \throws ShapeError if A is empty.
Vec row_means(const Mat& a);

/// 1/d sum_k (a_ik - m_i)^2 (n): divided by d, not by d - 1.
/// \param means m (n). \throws ShapeError if there is not one for each row.
Vec row_variances(const Mat& a, const Vec& means);

/// 1 / sqrt(v_i + epsilon) (n).
Vec inverse_deviations(const Vec& variances, double epsilon);

/// The same for the variances of the rows of A about those means, also where they are so small that
/// as doubles they have lost their digits: then from the distances to the means.
Vec inverse_deviations(const Mat& a, const Vec& means, const Vec& variances, double epsilon);

/// a_i - v_i, the same number from each entry of a row. \throws ShapeError if v has not n entries.
Mat subtract_from_rows(const Mat& a, const Vec& v);

/// v_i a_i, each row times its own number. \throws ShapeError if v has not n entries.
Mat scale_rows(const Mat& a, const Vec& v);

/// a_ik v_k, each column times its own number. \throws ShapeError if v has not d entries.
Mat scale_columns(const Mat& a, const Vec& v);

}  // namespace attn
