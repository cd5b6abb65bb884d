/// One layer of the Transformer's decoder: masked self-attention, attention to the encoder's
/// output, then a feed-forward network, each with a residual connection and layer normalisation.
/// Vaswani et al., "Attention Is All You Need", arXiv:1706.03762v7, sections 3.1 and 3.2.3.
/// Axes: Ty positions of the decoder, Tx of the encoder, dm width of the model, H heads.
#pragma once

#include "attn/mechanisms/cross_heads.hpp"
#include "attn/mechanisms/feed_forward.hpp"
#include "attn/mechanisms/layer_norm.hpp"
#include "attn/mechanisms/self_heads.hpp"
#include "attn/mechanisms/sublayer.hpp"

namespace attn::decoder_block {

struct Params {
  multi_head::Params self;
  layer_norm::Params norm_1;
  multi_head::Params cross;
  layer_norm::Params norm_2;
  feed_forward::Params feed_forward;
  layer_norm::Params norm_3;
  NormOrder order = NormOrder::post;
};

/// Which keys may be seen; true means "attend", the same for every head.
struct Masks {
  Mask self;   // (Ty, Ty), causal, so that no position sees what comes after it
  Mask cross;  // (Ty, Tx)
};

struct Forward {
  sublayer::Forward<multi_head::Forward> self;
  sublayer::Forward<multi_head::Forward> cross;
  sublayer::Forward<feed_forward::Forward> feed_forward;

  const Mat& output() const { return feed_forward.output(); }  ///< (Ty, dm)
  bool complete() const { return feed_forward.complete(); }    ///< no result is missing
};

/// In the order in which the gradient comes back.
struct Backward {
  sublayer::Backward<feed_forward::Backward> feed_forward;
  sublayer::Backward<cross_heads::Backward> cross;
  sublayer::Backward<self_heads::Backward> self;

  const Mat& d_x() const { return self.d_x(); }                 ///< (Ty, dm)
  const Mat& d_memory() const { return cross.inner.d_memory; }  ///< (Tx, dm)
  bool complete() const { return self.complete(); }             ///< no result is missing
};

/// \param x (Ty, dm)
/// \param memory the encoder's output (Tx, dm)
/// What has not been written, as in an exercise, is empty, and so is what follows.
/// \throws ShapeError naming the tensor, its shape and the shape expected; also for empty axes.
Forward forward(const Params& params, const Mat& x, const Mat& memory, const Masks& masks);

/// \throws ShapeError if d_output has not the shape of the output.
Backward backward(const Params& params, const Mat& x, const Mat& memory, const Forward& forward,
                  const Mat& d_output);

/// What a layer keeps of the words before, so that no step computes it again.
struct Cache {
  multi_head::Projected self;   // keys and values of the words so far; empty before the first
  multi_head::Projected cross;  // keys and values of the encoder's output

  std::size_t length() const { return self.k_heads.shape(1); }  ///< words so far
};

/// Nothing but the encoder's output, projected.
Cache start(const Params& params, const Mat& memory);

/// What one more position gives.
struct Step {
  multi_head::Projected self_added;  // its own key and value, (1, Hdk) and (1, Hdv)
  sublayer::Forward<multi_head::Attended> self;
  sublayer::Forward<multi_head::Attended> cross;
  sublayer::Forward<feed_forward::Forward> feed_forward;

  const Mat& output() const { return feed_forward.output(); }  ///< (1, dm)
  bool complete() const { return feed_forward.complete(); }    ///< no result is missing
};

/// Appends the position's key and value to the cache, and attends to all that are there.
/// \param x (1, dm)
/// \param cross_mask (1, Tx)
/// \throws ShapeError naming the tensor, its shape and the shape expected.
Step step(const Params& params, const Mat& x, const Mask& cross_mask, Cache& cache);

}  // namespace attn::decoder_block
