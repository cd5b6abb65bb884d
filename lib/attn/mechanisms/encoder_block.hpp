/// One layer of the Transformer's encoder: self-attention, then a feed-forward network, each with a
/// residual connection and layer normalisation. Vaswani et al., "Attention Is All You Need",
/// arXiv:1706.03762v7, section 3.1.
/// Axes: T positions, dm width of the model, H heads, dff width inside the feed-forward network.
#pragma once

#include "attn/mechanisms/feed_forward.hpp"
#include "attn/mechanisms/layer_norm.hpp"
#include "attn/mechanisms/self_heads.hpp"
#include "attn/mechanisms/sublayer.hpp"

namespace attn::encoder_block {

struct Params {
  multi_head::Params attention;
  layer_norm::Params norm_1;
  feed_forward::Params feed_forward;
  layer_norm::Params norm_2;
  NormOrder order = NormOrder::post;
};

struct Forward {
  sublayer::Forward<multi_head::Forward> attention;
  sublayer::Forward<feed_forward::Forward> feed_forward;

  const Mat& output() const { return feed_forward.output(); }  ///< (T, dm)
  bool complete() const { return feed_forward.complete(); }    ///< no result is missing
};

/// In the order in which the gradient comes back.
struct Backward {
  sublayer::Backward<feed_forward::Backward> feed_forward;
  sublayer::Backward<self_heads::Backward> attention;

  const Mat& d_x() const { return attention.d_x(); }      ///< (T, dm)
  bool complete() const { return attention.complete(); }  ///< no result is missing
};

/// \param x (T, dm)
/// \param mask (T, T), true means "attend", the same for every head
/// What has not been written, as in an exercise, is empty, and so is what follows.
/// \throws ShapeError naming the tensor, its shape and the shape expected; also for empty axes.
Forward forward(const Params& params, const Mat& x, const Mask& mask);

/// \throws ShapeError if d_output has not the shape of the output.
Backward backward(const Params& params, const Mat& x, const Forward& forward, const Mat& d_output);

}  // namespace attn::encoder_block
