#include "attn/mechanisms/norm_order_study.hpp"

#include <cmath>

#include "attn/core/norms.hpp"
#include "attn/core/random.hpp"
#include "attn/core/row_statistics.hpp"
#include "attn/core/shape_error.hpp"

namespace attn::norm_order_study {
namespace {

double mean_variance(const Mat& x) {
  const Vec variances = row_variances(x, row_means(x));
  double sum = 0.0;
  for (const double variance : variances) sum += variance;
  return sum / static_cast<double>(variances.size());
}

Vec stream_variance(const encoder::Params& params, NormOrder order, const Mat& x, const Mask& mask,
                    std::size_t layers) {
  Vec variance = zeros(layers + 1);
  variance(0) = mean_variance(x);
  Mat stream = x;
  for (std::size_t n = 0; n < layers; ++n) {
    encoder_block::Params layer = params.layers[n % params.layers.size()];
    layer.order = order;
    stream = encoder_block::forward(layer, stream, mask).output();
    variance(n + 1) = mean_variance(stream);
  }
  return variance;
}

/// A matrix of standard normal numbers times `spread`.
Mat drawn(std::size_t rows, std::size_t cols, double spread, Random& random) {
  Mat m = zeros(rows, cols);
  for (double& entry : m) entry = spread * random.normal();
  return m;
}

/// As Glorot and Bengio draw weights: std = sqrt(2 / (fan_in + fan_out)).
Mat weights(std::size_t rows, std::size_t cols, Random& random) {
  return drawn(rows, cols, std::sqrt(2.0 / static_cast<double>(rows + cols)), random);
}

/// A layer before anything is learned.
encoder_block::Params untrained(const encoder_block::Params& like, std::size_t dm, Random& random) {
  const std::size_t dff = cols(like.feed_forward.W_1);
  encoder_block::Params p;
  p.attention.heads = like.attention.heads;
  for (Mat* W : {&p.attention.W_q, &p.attention.W_k, &p.attention.W_v, &p.attention.W_o}) {
    *W = weights(dm, dm, random);
  }
  for (Vec* b : {&p.attention.b_q, &p.attention.b_k, &p.attention.b_v, &p.attention.b_o}) {
    *b = zeros(dm);
  }
  p.feed_forward.W_1 = weights(dm, dff, random);
  p.feed_forward.b_1 = zeros(dff);
  p.feed_forward.W_2 = weights(dff, dm, random);
  p.feed_forward.b_2 = zeros(dm);
  p.feed_forward.activation = like.feed_forward.activation;
  p.norm_1 = p.norm_2 = layer_norm::untrained(dm);
  p.norm_1.epsilon = like.norm_1.epsilon;
  p.norm_2.epsilon = like.norm_2.epsilon;
  return p;
}

encoder::Params in_order(encoder::Params stack, NormOrder order) {
  for (encoder_block::Params& layer : stack.layers) layer.order = order;
  if (order == NormOrder::pre) stack.last_norm = stack.layers.back().norm_2;
  return stack;
}

Vec depths_up_to(std::size_t layers) {
  std::vector<double> depths;
  for (std::size_t n = 1; n < layers; n *= 2) depths.push_back(static_cast<double>(n));
  depths.push_back(static_cast<double>(layers));
  Vec all = zeros(depths.size());
  std::copy(depths.begin(), depths.end(), all.begin());
  return all;
}

double size_of(const encoder_block::Backward& layer) {
  return norm(layer.feed_forward.inner.d_W_2);
}

/// Adds what one sample gives, divided by how many there are; false where something has not been
/// written.
bool add_sample(const encoder::Params& stack, const Mat& x, const Mask& mask, const Mat& d_output,
                const Vec& depths, double samples, Vec& each, Vec& last) {
  const encoder::Forward forward = encoder::forward(stack, x, mask);
  if (!forward.complete()) return false;
  const encoder::Backward back = encoder::backward(stack, x, forward, d_output);
  if (!back.complete()) return false;
  const std::size_t L = stack.layers.size();
  for (std::size_t n = 0; n < L; ++n) each(n) += size_of(back.layers[L - 1 - n]) / samples;
  for (std::size_t i = 0; i < depths.size(); ++i) {
    // The last of n layers alone: those before it have been gone through above.
    const auto n = static_cast<std::size_t>(depths(i));
    const encoder::Params top{{stack.layers[n - 1]}, stack.last_norm};
    const Mat& in = n == 1 ? x : forward.layers[n - 2].output();
    const encoder::Backward b =
        encoder::backward(top, in, encoder::forward(top, in, mask), d_output);
    last(i) += size_of(b.layers.front()) / samples;
  }
  return true;
}

}  // namespace

Variance variance(const encoder::Params& params, const Mat& x, const Mask& mask,
                  std::size_t layers) {
  if (params.layers.empty() || layers == 0) throw ShapeError("there are no layers to study");
  return {stream_variance(params, NormOrder::post, x, mask, layers),
          stream_variance(params, NormOrder::pre, x, mask, layers)};
}

Gradients gradients(const encoder_block::Params& like, const Mat& x, const Mask& mask,
                    const Config& config) {
  if (config.layers == 0) throw ShapeError("there are no layers to study");
  if (config.samples == 0) throw ShapeError("there are no samples to study");
  const auto samples = static_cast<double>(config.samples);
  Gradients g;
  g.depths = depths_up_to(config.layers);
  g.post = g.pre = zeros(config.layers);
  g.post_last = g.pre_last = zeros(g.depths.size());
  Random random(config.seed);
  for (std::size_t s = 0; s < config.samples; ++s) {
    encoder::Params stack;
    for (std::size_t n = 0; n < config.layers; ++n) {
      stack.layers.push_back(untrained(like, cols(x), random));
    }
    const Mat d_output = drawn(rows(x), cols(x), 1.0, random);
    const bool done = add_sample(in_order(stack, NormOrder::post), x, mask, d_output, g.depths,
                                 samples, g.post, g.post_last) &&
                      add_sample(in_order(stack, NormOrder::pre), x, mask, d_output, g.depths,
                                 samples, g.pre, g.pre_last);
    if (!done) return {};
  }
  return g;
}

}  // namespace attn::norm_order_study
