#include "attn/mechanisms/encoder_block.hpp"

namespace attn::encoder_block {

Forward forward(const Params& params, const Mat& x, const Mask& mask) {
  Forward f;
  // LayerNorm(x + MultiHead(x, x, x)), section 3.1
  f.attention = sublayer::forward(
      params.order, params.norm_1, x,
      [&](const Mat& in) { return self_heads::forward(params.attention, in, mask); },
      &multi_head::Forward::output);
  if (!f.attention.complete()) return f;
  // LayerNorm(x + FFN(x)), section 3.1
  f.feed_forward = sublayer::forward(
      params.order, params.norm_2, f.attention.output(),
      [&](const Mat& in) { return feed_forward::forward(params.feed_forward, in); },
      &feed_forward::Forward::y);
  return f;
}

Backward backward(const Params& params, const Mat& x, const Forward& forward, const Mat& d_output) {
  Backward b;
  // forward was: output = LayerNorm(attended + FFN(attended))
  b.feed_forward = sublayer::backward(
      params.norm_2, forward.attention.output(), forward.feed_forward, d_output,
      [&](const Mat& in, const Mat& d_y) {
        return feed_forward::backward(params.feed_forward, in, forward.feed_forward.inner, d_y);
      },
      &feed_forward::Backward::d_x);
  if (!b.feed_forward.complete()) return b;
  // forward was: attended = LayerNorm(x + MultiHead(x, x, x))
  b.attention = sublayer::backward(
      params.norm_1, x, forward.attention, b.feed_forward.d_x(),
      [&](const Mat& in, const Mat& d_y) {
        return self_heads::backward(params.attention, in, forward.attention.inner, d_y);
      },
      &self_heads::Backward::d_x);
  return b;
}

}  // namespace attn::encoder_block
