#include "chapters/parts/decoder_gradients.hpp"

#include <fmt/format.h>

#include "chapters/parts/decoder_shown.hpp"
#include "chapters/parts/encoder_shown.hpp"
#include "chapters/parts/shown_fields.hpp"

namespace attn::chapters {
namespace {

const FieldNames matrices{"d_W_q", "d_W_k", "d_W_v", "d_W_o"};

class Shown {
 public:
  Shown(NormOrder order, std::string at, trace::Builder& trace)
      : order_(order), at_(std::move(at)), trace_(trace) {}

  void explain(const decoder_block::Backward& back, std::size_t n) {
    trace_.step(at_ + "feed_forward.gradients",
                fmt::format("Back through layer {}: the feed-forward network", n),
                "As in the encoder: through the norm, through the network, and around it.",
                "dx = d_sum + through the sublayer");
    part(back.feed_forward, "3", false, [&](const feed_forward::Backward& b) {
      show_fields(b, {"d_W_2", "d_b_2", "d_W_1", "d_b_1"}, {"d_activated", "d_hidden", "d_x"},
                  at_ + "feed_forward.", trace_);
    });
    trace_.step(at_ + "cross.gradients",
                fmt::format("Back through layer {}: the attention to the source", n),
                "What comes back to keys and values leaves the decoder: it is this layer's part of "
                "the gradient of the memory, from which the encoder learns.",
                "d_memory = dX_k + dX_v");
    part(back.cross, "2", false, [&](const cross_heads::Backward& b) { cross(b, false); });
    trace_.step(at_ + "self.gradients",
                fmt::format("Back through layer {}: the masked self-attention", n),
                "The gradient of a score that was hidden is exactly 0: nothing comes back from a "
                "position to those after it.",
                "dX = dX_q + dX_k + dX_v");
    part(back.self, "1", false, [&](const self_heads::Backward& b) { self(b, false); });
  }

  void repeat(const decoder_block::Backward& back, std::size_t n) {
    trace_.step(at_ + "gradients", fmt::format("Back through layer {}", n),
                "The same way, to what this layer was given, and to the memory.");
    part(back.feed_forward, "3", true,
         [&](const feed_forward::Backward& b) { fold_fields(b, at_ + "feed_forward.", trace_); });
    part(back.cross, "2", true, [&](const cross_heads::Backward& b) { cross(b, true); });
    part(back.self, "1", true, [&](const self_heads::Backward& b) { self(b, true); });
  }

 private:
  template <class Inner, class ShowInner>
  void part(const sublayer::Backward<Inner>& back, const std::string& number, bool folded,
            ShowInner&& show_inner) {
    name_self_attention_axes(trace_, "Ty", "dm");
    const auto norm = [&] {
      show_fields(back.norm, {folded ? "" : "d_gamma", folded ? "" : "d_beta"},
                  {"d_normalised", "d_x", folded ? "d_gamma" : "", folded ? "d_beta" : ""},
                  at_ + "norm_" + number + ".", trace_);
    };
    if (order_ == NormOrder::post) norm();
    show_inner(back.inner);
    name_self_attention_axes(trace_, "Ty", "dm");
    if (order_ == NormOrder::pre) norm();
    trace_.fold(folded && number != "1");  // what leaves the layer is shown
    trace_.tensors(back.around, at_ + "add_" + number + ".");
    trace_.fold(false);
  }

  void cross(const cross_heads::Backward& b, bool folded) {
    name_cross_attention_axes(trace_);
    attention(b, "d_memory", folded, at_ + "cross.");
  }

  void self(const self_heads::Backward& b, bool folded) {
    attention(b, folded ? "" : "d_x", folded, at_ + "self.");
  }

  /// Matrices are shown unless folded, and `result` in any case.
  template <class Back>
  void attention(const Back& b, std::string_view result, bool folded, const std::string& prefix) {
    Back::each(b, [&](const Field& field, const auto& value) {
      const bool matrix = std::find(matrices.begin(), matrices.end(), field.name) != matrices.end();
      trace_.fold(field.name != result && (folded || !matrix));
      trace_.tensor(field, value, prefix);
      trace_.fold(false);
      if (!is_written(value)) throw Unfinished();
    });
  }

  NormOrder order_;
  std::string at_;
  trace::Builder& trace_;
};

}  // namespace

void show_decoder_gradients(const decoder::Params& params, const decoder::Backward& back,
                            trace::Builder& trace) {
  if (back.last_norm) {
    trace.step("decoder.final_norm.gradients", "Back through the norm after the last layer",
               "Each row by itself; gamma and beta were shared by all rows, so theirs is a sum.");
    trace.tensors(*back.last_norm, "decoder.final_norm.");
  }
  const std::size_t M = params.layers.size();
  for (std::size_t i = 0; i < back.layers.size(); ++i) {  // the last layer comes first
    Shown shown(params.layers[M - 1 - i].order, fmt::format("decoder.layer{}.", M - i), trace);
    if (i == 0)
      shown.explain(back.layers[i], M - i);
    else
      shown.repeat(back.layers[i], M - i);
  }
}

}  // namespace attn::chapters
