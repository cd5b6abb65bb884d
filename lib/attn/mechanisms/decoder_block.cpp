#include "attn/mechanisms/decoder_block.hpp"

#include "attn/core/shape_error.hpp"
#include "attn/mechanisms/key_value_cache.hpp"
#include "attn/mechanisms/mask.hpp"

namespace attn::decoder_block {

Forward forward(const Params& params, const Mat& x, const Mat& memory, const Masks& masks) {
  Forward f;
  // LayerNorm(x + MultiHead(x, x, x)), masked, section 3.2.3
  f.self = sublayer::forward(
      params.order, params.norm_1, x,
      [&](const Mat& in) { return self_heads::forward(params.self, in, masks.self); },
      &multi_head::Forward::output);
  if (!f.self.complete()) return f;
  // LayerNorm(x + MultiHead(x, memory, memory)), section 3.2.3
  f.cross = sublayer::forward(
      params.order, params.norm_2, f.self.output(),
      [&](const Mat& in) { return cross_heads::forward(params.cross, in, memory, masks.cross); },
      &multi_head::Forward::output);
  if (!f.cross.complete()) return f;
  // LayerNorm(x + FFN(x)), section 3.1
  f.feed_forward = sublayer::forward(
      params.order, params.norm_3, f.cross.output(),
      [&](const Mat& in) { return feed_forward::forward(params.feed_forward, in); },
      &feed_forward::Forward::y);
  return f;
}

Backward backward(const Params& params, const Mat& x, const Mat& memory, const Forward& forward,
                  const Mat& d_output) {
  Backward b;
  // forward was: output = LayerNorm(seen + FFN(seen))
  b.feed_forward = sublayer::backward(
      params.norm_3, forward.cross.output(), forward.feed_forward, d_output,
      [&](const Mat& in, const Mat& d_y) {
        return feed_forward::backward(params.feed_forward, in, forward.feed_forward.inner, d_y);
      },
      &feed_forward::Backward::d_x);
  if (!b.feed_forward.complete()) return b;
  // forward was: seen = LayerNorm(attended + MultiHead(attended, memory, memory))
  b.cross = sublayer::backward(
      params.norm_2, forward.self.output(), forward.cross, b.feed_forward.d_x(),
      [&](const Mat& in, const Mat& d_y) {
        return cross_heads::backward(params.cross, in, memory, forward.cross.inner, d_y);
      },
      &cross_heads::Backward::d_queries);
  if (!b.cross.complete()) return b;
  // forward was: attended = LayerNorm(x + MultiHead(x, x, x)), masked
  b.self = sublayer::backward(
      params.norm_1, x, forward.self, b.cross.d_x(),
      [&](const Mat& in, const Mat& d_y) {
        return self_heads::backward(params.self, in, forward.self.inner, d_y);
      },
      &self_heads::Backward::d_x);
  return b;
}

Cache start(const Params& params, const Mat& memory) {
  return {{}, multi_head::project(params.cross, memory, memory)};
}

Step step(const Params& params, const Mat& x, const Mask& cross_mask, Cache& cache) {
  expect_shape("x", shape_of(x), {1, cols(x)}, "T,dm", "one position at a time");
  Step f;
  // LayerNorm(x + MultiHead(x, x, x)): x is the last of the positions, and sees all of them
  f.self = sublayer::forward(
      params.order, params.norm_1, x,
      [&](const Mat& in) {
        f.self_added = multi_head::project(params.self, in, in);
        if (!is_complete(f.self_added)) return multi_head::Attended{};
        cache.self = key_value_cache::appended(cache.self, f.self_added);
        if (!is_complete(cache.self)) return multi_head::Attended{};
        return multi_head::attend(params.self, in, cache.self, mask::full(1, cache.length()));
      },
      &multi_head::Attended::output);
  if (!f.self.complete()) return f;
  // LayerNorm(x + MultiHead(x, memory, memory))
  f.cross = sublayer::forward(
      params.order, params.norm_2, f.self.output(),
      [&](const Mat& in) { return multi_head::attend(params.cross, in, cache.cross, cross_mask); },
      &multi_head::Attended::output);
  if (!f.cross.complete()) return f;
  // LayerNorm(x + FFN(x))
  f.feed_forward = sublayer::forward(
      params.order, params.norm_3, f.cross.output(),
      [&](const Mat& in) { return feed_forward::forward(params.feed_forward, in); },
      &feed_forward::Forward::y);
  return f;
}

}  // namespace attn::decoder_block
