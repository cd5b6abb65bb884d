/// The Transformer's decoder: N layers, one after the other, each of which reads the encoder's
/// output. Vaswani et al., "Attention Is All You Need", arXiv:1706.03762v7, section 3.1.
///
/// As in the encoder, a last layer norm is not in the paper, but pre-norm needs one, and
/// torch.nn.Transformer has one in either order.
///
/// Axes: Ty positions of the decoder, Tx of the encoder, dm width of the model.
#pragma once

#include <optional>
#include <vector>

#include "attn/mechanisms/decoder_block.hpp"

namespace attn::decoder {

struct Params {
  std::vector<decoder_block::Params> layers;
  std::optional<layer_norm::Params> last_norm{};
};

struct Forward {
  std::vector<decoder_block::Forward> layers;  // as many as could be computed
  std::optional<layer_norm::Forward> last_norm{};

  const Mat& output() const { return last_norm ? last_norm->y : layers.back().output(); }
  bool complete() const { return is_written(output()); }
};

struct Backward {
  std::optional<layer_norm::Backward> last_norm{};
  std::vector<decoder_block::Backward> layers;  // the last layer first
  Mat d_x;                                      // (Ty, dm)
  Mat d_memory;                                 // (Tx, dm), from all layers

  bool complete() const { return is_written(d_memory); }
};

/// \param x (Ty, dm)
/// \param memory the encoder's output (Tx, dm)
/// What has not been written, as in an exercise, is empty, and so is what follows.
/// \throws ShapeError naming the tensor, its shape and the shape expected; also for no layers.
Forward forward(const Params& params, const Mat& x, const Mat& memory,
                const decoder_block::Masks& masks);

/// \throws ShapeError if d_output has not the shape of the output.
Backward backward(const Params& params, const Mat& x, const Mat& memory, const Forward& forward,
                  const Mat& d_output);

/// What each layer keeps of the words before.
struct Cache {
  std::vector<decoder_block::Cache> layers;

  std::size_t length() const { return layers.front().length(); }  ///< words so far
};

/// The cache before the first word. \throws ShapeError if there are no layers.
Cache start(const Params& params, const Mat& memory);

/// What one more position gives.
struct Step {
  std::vector<decoder_block::Step> layers;  // as many as could be computed
  std::optional<layer_norm::Forward> last_norm{};

  const Mat& output() const {
    return last_norm ? last_norm->y : layers.back().output();
  }  // (1, dm)
  bool complete() const { return is_written(output()); }
};

/// One more position, which sees those in the cache and itself, and is in the cache afterwards.
/// \param x (1, dm)
/// \param cross_mask (1, Tx)
/// \throws ShapeError naming the tensor, its shape and the shape expected; also for a cache of
/// another decoder, or whose layers do not agree in their length.
Step step(const Params& params, const Mat& x, const Mask& cross_mask, Cache& cache);

}  // namespace attn::decoder
