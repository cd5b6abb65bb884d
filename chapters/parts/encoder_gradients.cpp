#include "chapters/parts/encoder_gradients.hpp"

#include <fmt/format.h>

#include "chapters/parts/shown_fields.hpp"

namespace attn::chapters {
namespace {

/// A sublayer's results in the order in which the gradient comes back.
template <class Inner, class ShowInner>
void in_order(const sublayer::Backward<Inner>& back, NormOrder order, const std::string& at,
              const std::string& number, bool folded, trace::Builder& trace,
              ShowInner&& show_inner) {
  const auto norm = [&] {
    trace.fold(folded);
    trace.tensors(back.norm, at + "norm_" + number + ".");
    trace.fold(false);
  };
  if (order == NormOrder::post) norm();
  show_inner(back.inner);
  if (order == NormOrder::pre) norm();
  trace.fold(folded && number == "2");  // what leaves the layer is shown
  trace.tensors(back.around, at + "add_" + number + ".");
  trace.fold(false);
}

void explain(const encoder_block::Backward& back, NormOrder order, const std::string& at,
             std::size_t n, trace::Builder& trace) {
  const bool post = order == NormOrder::post;
  const std::string layer = fmt::format("layer {}", n);
  trace.step(at + "feed_forward.gradients",
             fmt::format("Back through {}: the feed-forward network", layer),
             post
                 ? "First the norm: what would only shift a row has no effect, and what would only "
                   "stretch it hardly any where epsilon is small beside its variance, so these "
                   "parts of the gradient are taken out. Then the gradient goes both ways: through "
                   "the network, and around it."
                 : "The gradient goes both ways: around the network as it came, and through it and "
                   "its norm.",
             "dx = d_sum + through the sublayer");
  in_order(back.feed_forward, order, at, "2", false, trace,
           [&](const feed_forward::Backward& b) { trace.tensors(b, at + "feed_forward."); });
  trace.step(at + "attention.gradients", fmt::format("Back through {}: the attention", layer),
             "x was queries, keys and values at once, so what comes back on the three ways adds up "
             "to d_x. The parameters' gradients come from the same products as in a linear layer.",
             "dX = dX_q + dX_k + dX_v");
  in_order(back.attention, order, at, "1", false, trace, [&](const self_heads::Backward& b) {
    show_fields(b, {"d_W_o", "d_b_o", "d_W_q", "d_b_q", "d_W_k", "d_b_k", "d_W_v", "d_b_v", "d_x"},
                {"d_concat", "d_heads", "d_v_heads", "d_weights", "d_scaled", "d_scores",
                 "d_q_heads", "d_k_heads", "d_q", "d_queries", "d_k", "d_v", "d_keys", "d_values"},
                at + "attention.", trace);
  });
}

void repeat(const encoder_block::Backward& back, NormOrder order, const std::string& at,
            std::size_t n, trace::Builder& trace) {
  trace.step(at + "gradients",
             fmt::format("Back through {} {}",
                         at.starts_with("layer") ? "layer" : "the encoder's layer", n),
             fmt::format("The same ways, with this layer's own weights. add_1.d_x is what goes on "
                         "to the {}.",
                         n == 1 ? "words" : "layer before"));
  in_order(back.feed_forward, order, at, "2", true, trace,
           [&](const feed_forward::Backward& b) { fold_fields(b, at + "feed_forward.", trace); });
  in_order(back.attention, order, at, "1", true, trace,
           [&](const self_heads::Backward& b) { fold_fields(b, at + "attention.", trace); });
}

}  // namespace

void show_encoder_gradients(const encoder::Params& params, const encoder::Backward& back,
                            const std::string& prefix, bool explained, trace::Builder& trace) {
  if (back.last_norm) {
    trace.step(prefix + "final_norm.gradients", "Back through the norm after the last layer",
               "Each row by itself; gamma and beta were shared by all rows, so theirs is a sum.");
    trace.tensors(*back.last_norm, prefix + "final_norm.");
  }
  const std::size_t N = params.layers.size();
  for (std::size_t i = 0; i < back.layers.size(); ++i) {  // the last layer comes first
    const std::string at = fmt::format("{}layer{}.", prefix, N - i);
    const NormOrder order = params.layers[N - 1 - i].order;
    if (i == 0 && explained)
      explain(back.layers[i], order, at, N - i, trace);
    else
      repeat(back.layers[i], order, at, N - i, trace);
  }
}

}  // namespace attn::chapters
