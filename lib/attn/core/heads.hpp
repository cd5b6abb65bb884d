/// Several heads side by side: the first axis of a tensor counts them.
///
/// A matrix (T, H d) holds H heads of width d in each row, one after the other; a tensor (H, T, d)
/// holds one matrix for each head.
#pragma once

#include "attn/core/tensor.hpp"

namespace attn {

/// Head h is the columns h d to (h + 1) d of X. X (T, H d), result (H, T, d).
/// \throws ShapeError if there are no heads, or if the width of X is no multiple of their number.
Ten3 split_heads(const Mat& x, std::size_t heads);

/// The way back: [head_1; …; head_H] in each row. Heads (H, T, d), result (T, H d).
Mat merge_heads(const Ten3& heads);

/// Head h of the tensor, as a matrix. \throws ShapeError if there is no such head.
Mat head(const Ten3& heads, std::size_t h);

/// The scores where the mask says "attend", -inf elsewhere. Scores (H, Tq, Tk), mask (Tq, Tk): the
/// same for each head. \throws ShapeError if the mask has another shape.
Ten3 apply_mask(const Ten3& scores, const Mask& mask);

}  // namespace attn
