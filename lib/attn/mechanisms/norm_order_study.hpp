/// Post-norm and pre-norm beside each other: what the order of norm and addition does to the
/// stream that runs through all layers, and to the gradients of the layers' weights before anything
/// is learned. Xiong et al., "On Layer Normalization in the Transformer Architecture",
/// arXiv:2002.04745v2: there the gradients of post-norm are large near the output, and those of
/// pre-norm, whose last layer is followed by one more norm, are not.
/// Axes: T positions, dm width of the model, L layers.
#pragma once

#include <cstdint>

#include "attn/mechanisms/encoder.hpp"

namespace attn::norm_order_study {

/// Mean over the rows of the stream's variance (L+1). Entry 0 is what goes into the first layer,
/// entry n what comes out of layer n.
struct Variance {
  Vec post, pre;
};

/// The encoder's own layers, again and again until there are `layers` of them, in both orders and
/// without a last norm. \throws ShapeError as encoder::forward does; also for no layers.
Variance variance(const encoder::Params& params, const Mat& x, const Mask& mask,
                  std::size_t layers);

struct Config {
  std::size_t layers = 6;
  std::size_t samples = 8;
  std::uint64_t seed = 1;
};

/// |dL/dW_2|, the Frobenius norm of what comes to the second matrix of a feed-forward network, mean
/// over the samples.
struct Gradients {
  Vec post, pre;            // (L), of each layer
  Vec depths;               // (n): 1, 2, 4, … layers, and L
  Vec post_last, pre_last;  // (n), of the last layer, in a stack so deep

  bool complete() const { return is_written(pre); }
};

/// Each sample draws, from one generator, the matrices of L layers of the form of `like` (standard
/// normal times sqrt(2 / (fan_in + fan_out)), in the order W_q, W_k, W_v, W_o, W_1, W_2) and then
/// dL/doutput (T, dm), standard normal. A stack of n layers is the first n of them. Biases and
/// betas are 0, gammas 1; in pre-norm the output goes through one more norm. What has not been
/// written, as in an exercise, leaves the result empty. \throws ShapeError as encoder::forward and
/// backward do; also for no layers or samples.
Gradients gradients(const encoder_block::Params& like, const Mat& x, const Mask& mask,
                    const Config& config);

}  // namespace attn::norm_order_study
