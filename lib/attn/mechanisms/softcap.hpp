/// Scores that a soft cap keeps between -c and c: c tanh(s / c). Small scores pass nearly as they
/// are, large ones bend. Gemma Team, "Gemma 2", arXiv:2408.00118v3, section 2, "Logit
/// soft-capping": after the scale and before the mask, since a hidden key's -inf would become -c.
/// Axes: Tq queries, Tk keys.
#pragma once

#include "attn/core/tensor.hpp"

namespace attn::softcap {

/// c tanh(s / c), for a cap c > 0. Exact for caps of any size: where s / c is so small that tanh
/// does not change it, the score itself.
double capped(double score, double cap);

/// The derivative by the score: 1 - tanh^2(s / c) = 1 / cosh^2(s / c), of which only the second
/// form keeps its digits where tanh is nearly 1.
double slope(double score, double cap);

/// Each score of (Tq, Tk) by itself.
Mat forward(const Mat& scores, double cap);

/// dL/dscores. \throws ShapeError if d_capped has not the shape of the scores.
Mat backward(const Mat& scores, double cap, const Mat& d_capped);

}  // namespace attn::softcap
