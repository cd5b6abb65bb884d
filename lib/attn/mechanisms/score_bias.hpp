/// Numbers that are added to the scores before the softmax: what each query thinks of each key
/// whatever they contain. ALiBi adds a slope times the distance (Press et al., arXiv:2108.12409v2,
/// section 3), T5 a learned number for each distance (Raffel et al., arXiv:1910.10683v4, section
/// 2.1); PyTorch calls it a float attn_mask, ONNX and Keras an attention mask or bias. An entry of
/// -inf hides the key, as a mask does.
/// Axes: Tq queries, Tk keys.
#pragma once

#include "attn/core/tensor.hpp"

namespace attn::score_bias {

/// scores + bias. \throws ShapeError if the shapes differ.
Mat forward(const Mat& scores, const Mat& bias);

}  // namespace attn::score_bias
