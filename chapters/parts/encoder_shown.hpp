/// How the layers of the Transformer's encoder are shown: the first step by step, those after it
/// compactly.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "attn/mechanisms/encoder.hpp"
#include "attn/trace/build.hpp"

namespace attn::chapters {

/// From here on the axes of an attention are those of a model: all positions are `T`, all widths
/// of all heads together dm.
void name_self_attention_axes(trace::Builder& trace, const std::string& T, const std::string& dm);

/// How rows are distributed before a norm and after it, one number for each row.
struct Moments {
  std::string norm;  ///< "layer1.norm_1"
  Vec mean_before, variance_before, mean_after, variance_after;
};

/// Mean and variance before and after the norm, row by row.
Moments moments_of(const std::string& norm, const layer_norm::Forward& forward);

/// The steps of all layers and of the last norm, in the order in which they are computed.
class EncoderShown {
 public:
  /// \param prefix of steps and tensors: "", or "encoder."
  EncoderShown(const encoder::Params& params, std::string prefix, trace::Builder& trace)
      : params_(params), prefix_(std::move(prefix)), trace_(trace) {}

  /// \param explained the first layer step by step; else it is as compact as the others
  /// \throws Unfinished where a step has not been written.
  void show(const encoder::Forward& forward, bool explained = true);

  /// Mean and variance before and after each norm, over all positions.
  void show_moments() const;

 private:
  void explain(const encoder_block::Forward& layer);
  void explain_attention(const multi_head::Forward& attention);
  void explain_feed_forward(const feed_forward::Forward& network);
  void explain_add(const residual::Forward& add, std::size_t number);
  void explain_norm(const layer_norm::Forward& norm, std::size_t number);
  void repeat(const encoder_block::Forward& layer);
  void note(const std::string& norm, const layer_norm::Forward& forward);
  bool post() const { return params_.layers.front().order == NormOrder::post; }

  const encoder::Params& params_;
  std::string prefix_;
  trace::Builder& trace_;
  std::string at_{};  // "layer1."
  std::vector<Moments> moments_{};
};

}  // namespace attn::chapters
