#include "attn/mechanisms/decoder.hpp"

#include <string>

#include "attn/core/shape_error.hpp"

namespace attn::decoder {
namespace {

void expect_layers(const Params& params) {
  if (params.layers.empty()) throw ShapeError("the decoder has no layers");
}

void expect_cache(const Params& params, const Cache& cache) {
  expect_layers(params);
  if (cache.layers.size() != params.layers.size()) {
    throw ShapeError("the cache is of " + std::to_string(cache.layers.size()) +
                     " layers, and the decoder has " + std::to_string(params.layers.size()));
  }
  for (std::size_t n = 1; n < cache.layers.size(); ++n) {
    if (cache.layers[n].length() == cache.length()) continue;
    throw ShapeError("the cache of layer " + std::to_string(n + 1) + " holds " +
                     std::to_string(cache.layers[n].length()) + " positions, that of layer 1 " +
                     std::to_string(cache.length()));
  }
}

}  // namespace

Forward forward(const Params& params, const Mat& x, const Mat& memory,
                const decoder_block::Masks& masks) {
  expect_layers(params);
  Forward f;
  for (const decoder_block::Params& layer : params.layers) {
    const Mat& in = f.layers.empty() ? x : f.layers.back().output();
    f.layers.push_back(decoder_block::forward(layer, in, memory, masks));
    if (!f.layers.back().complete()) return f;
  }
  if (params.last_norm) {
    f.last_norm = layer_norm::forward(*params.last_norm, f.layers.back().output());
  }
  return f;
}

Backward backward(const Params& params, const Mat& x, const Mat& memory, const Forward& forward,
                  const Mat& d_output) {
  Backward b;
  Mat d = d_output;  // dL/d(what comes out of the layer)
  if (params.last_norm) {
    // forward was: output = LayerNorm(what the last layer gives)
    b.last_norm = layer_norm::backward(*params.last_norm, forward.layers.back().output(),
                                       *forward.last_norm, d_output);
    if (!is_complete(*b.last_norm)) return b;
    d = b.last_norm->d_x;
  }
  Mat d_memory = zeros(rows(memory), cols(memory));
  for (std::size_t n = params.layers.size(); n-- > 0;) {
    const Mat& in = n == 0 ? x : forward.layers[n - 1].output();
    b.layers.push_back(decoder_block::backward(params.layers[n], in, memory, forward.layers[n], d));
    if (!b.layers.back().complete()) return b;
    d = b.layers.back().d_x();
    d_memory += b.layers.back().d_memory();  // every layer read the same memory
  }
  b.d_x = d;
  b.d_memory = d_memory;
  return b;
}

Cache start(const Params& params, const Mat& memory) {
  expect_layers(params);
  Cache cache;
  for (const decoder_block::Params& layer : params.layers) {
    cache.layers.push_back(decoder_block::start(layer, memory));
  }
  return cache;
}

Step step(const Params& params, const Mat& x, const Mask& cross_mask, Cache& cache) {
  expect_cache(params, cache);
  Step f;
  for (std::size_t n = 0; n < params.layers.size(); ++n) {
    const Mat& in = n == 0 ? x : f.layers.back().output();
    f.layers.push_back(decoder_block::step(params.layers[n], in, cross_mask, cache.layers[n]));
    if (!f.layers.back().complete()) return f;
  }
  if (params.last_norm) {
    f.last_norm = layer_norm::forward(*params.last_norm, f.layers.back().output());
  }
  return f;
}

}  // namespace attn::decoder
