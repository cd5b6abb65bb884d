#include "attn/mechanisms/norm_order_study.hpp"

#include <catch2/catch_test_macros.hpp>

#include "attn/mechanisms/mask.hpp"
#include "tests/support/message.hpp"
#include "tests/support/transformer.hpp"

namespace attn::norm_order_study {
using namespace attn::test;

namespace {

encoder::Params two_layers(std::uint64_t seed) {
  encoder::Params params;
  for (const std::uint64_t more : {0u, 100u}) {
    params.layers.push_back(random_encoder_block(2, 4, 5, NormOrder::post, seed + more));
    params.layers.back().norm_1 = params.layers.back().norm_2 = layer_norm::untrained(4);
  }
  return params;
}

}  // namespace

TEST_CASE("norm_order_study: after a post-norm the variance is 1, in pre-norm it adds up",
          "[norm_order_study][law]") {
  const Mat x = random_mat(3, 4, 1);
  const Result r = study(two_layers(2), x, mask::full(3, 3), random_mat(3, 4, 3), 12);
  CHECK(r.post_variance.size() == 13);
  CHECK(r.post_variance(0) == r.pre_variance(0));
  for (std::size_t n = 1; n <= 12; ++n) CHECK(close(r.post_variance(n), 1.0, 1e-4));
  CHECK(r.pre_variance(12) > 4.0 * r.pre_variance(1));
}

TEST_CASE("norm_order_study: each entry is that of an encoder of so many layers",
          "[norm_order_study][law]") {
  encoder::Params params = two_layers(4);
  params.last_norm = layer_norm::untrained(4);  // is left out
  const Mat x = random_mat(3, 4, 5);
  const Mask mask = random_mask(3, 3, 6);
  const Mat d_output = random_mat(3, 4, 7);
  const Result r = study(params, x, mask, d_output, 3);
  encoder::Params three{{params.layers[0], params.layers[1], params.layers[0]}};
  for (encoder_block::Params& layer : three.layers) layer.order = NormOrder::pre;
  const encoder::Forward f = encoder::forward(three, x, mask);
  const encoder::Backward b = encoder::backward(three, x, f, d_output);
  const auto size = [](const Mat& m) { return std::sqrt(inner(m, m)); };
  CHECK(close(r.pre_gradient(3), size(d_output), 1e-15));
  CHECK(close(r.pre_gradient(1), size(b.layers[1].d_x()), 1e-13));
  CHECK(close(r.pre_gradient(0), size(b.d_x), 1e-13));
}

TEST_CASE("norm_order_study: the order that the config has makes no difference",
          "[norm_order_study][law]") {
  encoder::Params params = two_layers(8);
  const Mat x = random_mat(3, 4, 9);
  const Mat d_output = random_mat(3, 4, 10);
  const Result post = study(params, x, mask::full(3, 3), d_output, 4);
  for (encoder_block::Params& layer : params.layers) layer.order = NormOrder::pre;
  const Result pre = study(params, x, mask::full(3, 3), d_output, 4);
  CHECK(close(post.post_variance, pre.post_variance, 0.0));
  CHECK(close(post.pre_gradient, pre.pre_gradient, 0.0));
}

TEST_CASE("norm_order_study: errors say what is missing", "[norm_order_study][errors]") {
  const Mat x = random_mat(3, 4, 1);
  CHECK(message_of<ShapeError>([&] { study({}, x, mask::full(3, 3), x, 2); }) ==
        "there are no layers to study");
  CHECK(message_of<ShapeError>([&] { study(two_layers(1), x, mask::full(3, 3), x, 0); }) ==
        "there are no layers to study");
}

}  // namespace attn::norm_order_study
