/// Softmax over the keys, with masks, and its backward pass.
///
/// Written so that no score overflows: the largest score of a row is subtracted first. A score of
/// -inf (a masked key) has a weight of exactly 0. A row whose scores are all -inf attends to
/// nothing: its weights are exactly 0, never NaN and never uniform. Scores of +inf or NaN are
/// not defended against: they give NaN, as arithmetic does.
#pragma once

#include <span>

#include "attn/core/tensor.hpp"

namespace attn {

/// The weights of rows of scores that lie one after the other, each of that width.
void softmax_rows(std::span<const double> scores, std::span<double> weights, std::size_t width);

/// weights_ij = exp(s_ij - m_i) / sum_j exp(s_ij - m_i), m_i = max_j s_ij. Shapes (Tq, Tk), or (Tk)
/// for a single row, or (H, Tq, Tk) for several heads.
template <class E>
requires TensorExpression<E> Evaluated<E> softmax(const E& scores) {
  const Evaluated<E>& s = scores;
  Evaluated<E> weights(s.shape());
  softmax_rows({s.data(), s.size()}, {weights.data(), weights.size()}, s.shape().back());
  return weights;
}

/// The scores where the mask says "attend", -inf elsewhere. Shapes (Tq, Tk).
/// \throws ShapeError if the mask has another shape.
Mat apply_mask(const Mat& scores, const Mask& mask);

/// log(sum_j exp(s_j)) - max_j s_j of a single row, and to a few last bits also where one score is
/// so far above the others that the sum is 1 to the last bit.
double log_sum_exp_above_largest(const Vec& scores);

/// 1 - a_i for each weight of a single row (n), as the sum of the others: where a_i is 1 to the
/// last bit, what is left to them is still there.
Vec complements(const Vec& weights);

/// dL/dscores from dL/dweights: d_s_ij = a_ij (d_a_ij - sum_k a_ik d_a_ik). Shapes (Tq, Tk), or
/// (Tk) for a single row, or (H, Tq, Tk) for several heads. Right to a few last bits also where one
/// weight is 1 to the last bit, and the gradients are as small as the other weights.
/// Masked keys and empty rows, whose weights are 0, get a gradient of exactly 0.
/// \throws ShapeError if the two have different shapes.
Vec softmax_backward(const Vec& weights, const Vec& d_weights);
Mat softmax_backward(const Mat& weights, const Mat& d_weights);
Ten3 softmax_backward(const Ten3& weights, const Ten3& d_weights);

}  // namespace attn
