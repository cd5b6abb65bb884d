/// Post-norm and pre-norm beside each other: what the order of norm and addition does to the
/// stream that runs through all layers, and to the gradient that comes back along it. Compare Xiong
/// et al., "On Layer Normalization in the Transformer Architecture", arXiv:2002.04745.
/// Axes: T positions, dm width of the model, L layers.
#pragma once

#include "attn/mechanisms/encoder.hpp"

namespace attn::norm_order_study {

/// Entry 0 is what goes into the first layer, entry n what comes out of layer n.
struct Result {
  Vec post_variance, pre_variance;  // (L+1), mean over the rows of the stream
  Vec post_gradient, pre_gradient;  // (L+1), |dL/dx| over the whole of the stream
};

/// The encoder's own layers, again and again until there are `layers` of them, in both orders and
/// without a last norm. \param d_output dL/d(what comes out of the last layer) (T, dm)
/// \throws ShapeError as encoder::forward and backward do; also for no layers.
Result study(const encoder::Params& params, const Mat& x, const Mask& mask, const Mat& d_output,
             std::size_t layers);

}  // namespace attn::norm_order_study
