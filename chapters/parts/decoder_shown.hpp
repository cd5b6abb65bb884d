/// How the layers of the Transformer's decoder are shown: the first step by step, those after it
/// compactly.
#pragma once

#include <string>

#include "attn/mechanisms/decoder.hpp"
#include "attn/trace/build.hpp"

namespace attn::chapters {

/// Axes as in `name_self_attention_axes`, but the keys are the encoder's positions.
void name_cross_attention_axes(trace::Builder& trace);

/// The steps of all layers and of the last norm, in the order in which they are computed.
class DecoderShown {
 public:
  /// \param padded some of the encoder's positions are padding
  DecoderShown(const decoder::Params& params, bool padded, trace::Builder& trace)
      : params_(params), padded_(padded), trace_(trace) {}

  /// \throws Unfinished where a step has not been written.
  void show(const decoder::Forward& forward);

 private:
  using Attention = sublayer::Forward<multi_head::Forward>;

  void explain(const decoder_block::Forward& layer);
  void explain_self(const Attention& attention);
  void explain_cross(const Attention& attention);
  void explain_feed_forward(const sublayer::Forward<feed_forward::Forward>& network);
  template <class Inner, class ShowInner>
  void in_order(const sublayer::Forward<Inner>& part, std::size_t number, bool folded,
                ShowInner&& show_inner);
  void repeat(const decoder_block::Forward& layer, std::size_t n);
  bool post() const { return params_.layers.front().order == NormOrder::post; }

  const decoder::Params& params_;
  bool padded_;
  trace::Builder& trace_;
  std::string at_{};  // "decoder.layer1."
};

}  // namespace attn::chapters
