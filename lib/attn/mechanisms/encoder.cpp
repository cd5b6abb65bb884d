#include "attn/mechanisms/encoder.hpp"

#include "attn/core/shape_error.hpp"

namespace attn::encoder {

Forward forward(const Params& params, const Mat& x, const Mask& mask) {
  if (params.layers.empty()) throw ShapeError("the encoder has no layers");
  Forward f;
  for (const encoder_block::Params& layer : params.layers) {
    const Mat& in = f.layers.empty() ? x : f.layers.back().output();
    f.layers.push_back(encoder_block::forward(layer, in, mask));
    if (!f.layers.back().complete()) return f;
  }
  if (params.last_norm) {
    f.last_norm = layer_norm::forward(*params.last_norm, f.layers.back().output());
  }
  return f;
}

Backward backward(const Params& params, const Mat& x, const Forward& forward, const Mat& d_output) {
  Backward b;
  Mat d = d_output;  // dL/d(what comes out of the layer)
  if (params.last_norm) {
    // forward was: output = LayerNorm(what the last layer gives)
    b.last_norm = layer_norm::backward(*params.last_norm, forward.layers.back().output(),
                                       *forward.last_norm, d_output);
    if (!is_complete(*b.last_norm)) return b;
    d = b.last_norm->d_x;
  }
  for (std::size_t n = params.layers.size(); n-- > 0;) {
    const Mat& in = n == 0 ? x : forward.layers[n - 1].output();
    b.layers.push_back(encoder_block::backward(params.layers[n], in, forward.layers[n], d));
    if (!b.layers.back().complete()) return b;
    d = b.layers.back().d_x();
  }
  b.d_x = d;
  return b;
}

}  // namespace attn::encoder
