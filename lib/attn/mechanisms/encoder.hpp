/// The Transformer's encoder: N layers, one after the other. Vaswani et al., "Attention Is All You
/// Need", arXiv:1706.03762v7, section 3.1.
///
/// A last layer norm is not in the paper. Pre-norm needs one, since nothing else normalises what
/// its last layer adds; torch.nn.Transformer has one in either order.
///
/// Axes: T positions, dm width of the model.
#pragma once

#include <optional>
#include <vector>

#include "attn/mechanisms/encoder_block.hpp"

namespace attn::encoder {

struct Params {
  std::vector<encoder_block::Params> layers;
  std::optional<layer_norm::Params> last_norm{};
};

struct Forward {
  std::vector<encoder_block::Forward> layers;  // as many as could be computed
  std::optional<layer_norm::Forward> last_norm{};

  const Mat& output() const { return last_norm ? last_norm->y : layers.back().output(); }
  bool complete() const { return is_written(output()); }
};

struct Backward {
  std::optional<layer_norm::Backward> last_norm{};
  std::vector<encoder_block::Backward> layers;  // the last layer first
  Mat d_x;                                      // (T, dm)

  bool complete() const { return is_written(d_x); }
};

/// \param x (T, dm)
/// \param mask (T, T), true means "attend", in every layer
/// What has not been written, as in an exercise, is empty, and so is what follows.
/// \throws ShapeError naming the tensor, its shape and the shape expected; also for no layers.
Forward forward(const Params& params, const Mat& x, const Mask& mask);

/// \throws ShapeError if d_output has not the shape of the output.
Backward backward(const Params& params, const Mat& x, const Forward& forward, const Mat& d_output);

}  // namespace attn::encoder
