#include "chapters/parts/decoder_shown.hpp"

#include <fmt/format.h>

#include "chapters/parts/encoder_shown.hpp"
#include "chapters/parts/shown_fields.hpp"

namespace attn::chapters {
namespace {

const FieldNames attention_details{"k",      "v",      "k_heads", "v_heads", "q",     "q_heads",
                                   "scores", "scaled", "heads",   "concat",  "output"};

}  // namespace

void name_cross_attention_axes(trace::Builder& trace) {
  name_self_attention_axes(trace, "Ty", "dm");
  trace.rename("Tk", "Tx");
}

void DecoderShown::show(const decoder::Forward& forward) {
  for (std::size_t n = 0; n < forward.layers.size(); ++n) {
    at_ = fmt::format("decoder.layer{}.", n + 1);
    if (n == 0)
      explain(forward.layers[n]);
    else
      repeat(forward.layers[n], n);
  }
  if (!forward.last_norm) return;
  name_self_attention_axes(trace_, "Ty", "dm");
  trace_.step("decoder.final_norm", "One more norm, after the last layer",
              post() ? "torch.nn.Transformer has it, the paper has not."
                     : "In pre-norm nothing has normalised what the last layer added. This does.",
              "LayerNorm(x)");
  trace_.tensors(*forward.last_norm, "decoder.final_norm.");
}

/// A sublayer's results in the order in which they are computed; its sum, and its norm but for what
/// comes out, are folded.
template <class Inner, class ShowInner>
void DecoderShown::in_order(const sublayer::Forward<Inner>& part, std::size_t number, bool folded,
                            ShowInner&& show_inner) {
  name_self_attention_axes(trace_, "Ty", "dm");
  const bool post = part.order == NormOrder::post;
  const auto norm = [&] {
    show_fields(part.norm, {post && !folded ? "y" : ""},
                {"mean", "variance", "normalised", post && !folded ? "" : "y"},
                fmt::format("{}norm_{}.", at_, number), trace_);
  };
  if (!post) norm();
  show_inner(part.inner);
  name_self_attention_axes(trace_, "Ty", "dm");
  show_fields(part.add, {post || folded ? "" : "sum"}, {post || folded ? "sum" : ""},
              fmt::format("{}add_{}.", at_, number), trace_);
  if (post) norm();
}

void DecoderShown::explain(const decoder_block::Forward& layer) {
  explain_self(layer.self);
  explain_cross(layer.cross);
  explain_feed_forward(layer.feed_forward);
}

void DecoderShown::explain_self(const Attention& attention) {
  trace_.step(
      at_ + "self", "Layer 1: each word looks at the words before it, and at itself",
      fmt::format("Masked self-attention. A score of -inf has a weight of exactly 0, so "
                  "no position is told what it has yet to say; the first sees only "
                  "itself. Then add and norm, {}.",
                  post() ? "as in the encoder" : "the norm first, as in the encoder"),
      post() ? "LayerNorm(x + MultiHead(x, x, x))" : "x + MultiHead(n, n, n), n = LayerNorm(x)",
      "section 3.2.3");
  in_order(attention, 1, false, [&](const multi_head::Forward& heads) {
    show_fields(heads, {"masked", "weights"}, attention_details, at_ + "self.", trace_);
  });
}

void DecoderShown::explain_cross(const Attention& attention) {
  trace_.step(
      at_ + "cross", "Layer 1: each word looks at the source",
      fmt::format("Cross-attention. The queries are the decoder's, keys and values are made of "
                  "the memory, the encoder's output. {} This is the place of Bahdanau's "
                  "attention.",
                  padded_ ? "Only the padding is hidden: the whole source is known."
                          : "Nothing is hidden here: the whole source is known."),
      post() ? "LayerNorm(x + MultiHead(x, memory, memory))"
             : "x + MultiHead(LayerNorm(x), memory, memory)",
      "section 3.2.3");
  in_order(attention, 2, false, [&](const multi_head::Forward& heads) {
    name_cross_attention_axes(trace_);
    show_fields(heads, {"weights"},
                {"k", "v", "k_heads", "v_heads", "q", "q_heads", "scores", "scaled", "masked",
                 "heads", "concat", "output"},
                at_ + "cross.", trace_);
  });
}

void DecoderShown::explain_feed_forward(const sublayer::Forward<feed_forward::Forward>& network) {
  trace_.step(at_ + "feed_forward", "Layer 1: each word thinks for itself",
              "The same two layers for every position, as in the encoder, with weights of its own.",
              post() ? "LayerNorm(x + FFN(x))" : "x + FFN(LayerNorm(x))", "eq. (2)");
  in_order(network, 3, false, [&](const feed_forward::Forward& fed) {
    show_fields(fed, {"activated"}, {"hidden", "y"}, at_ + "feed_forward.", trace_);
  });
}

void DecoderShown::repeat(const decoder_block::Forward& layer, std::size_t n) {
  trace_.step(fmt::format("decoder.layer{}", n + 1),
              fmt::format("Layer {}: the same, with its own weights", n + 1),
              n == 1 ? "Its words are the rows that layer 1 gave. Keys and values of its "
                       "cross-attention are made of the same memory."
                     : "",
              "self-attention, cross-attention, feed-forward", "section 3.1");
  in_order(layer.self, 1, true, [&](const multi_head::Forward& heads) {
    show_fields(heads, {"weights"},
                {"masked", "output", "k", "v", "k_heads", "v_heads", "q", "q_heads", "scores",
                 "scaled", "heads", "concat"},
                at_ + "self.", trace_);
  });
  in_order(layer.cross, 2, true, [&](const multi_head::Forward& heads) {
    name_cross_attention_axes(trace_);
    show_fields(heads, {"weights"},
                {"masked", "output", "k", "v", "k_heads", "v_heads", "q", "q_heads", "scores",
                 "scaled", "heads", "concat"},
                at_ + "cross.", trace_);
  });
  in_order(layer.feed_forward, 3, false, [&](const feed_forward::Forward& fed) {
    fold_fields(fed, at_ + "feed_forward.", trace_);
  });
}

}  // namespace attn::chapters
