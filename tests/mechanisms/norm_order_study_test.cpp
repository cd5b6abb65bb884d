#include "attn/mechanisms/norm_order_study.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>

#include "attn/mechanisms/mask.hpp"
#include "tests/support/fixture.hpp"
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
  const Variance r = variance(two_layers(2), x, mask::full(3, 3), 12);
  CHECK(r.post.size() == 13);
  CHECK(r.post(0) == r.pre(0));
  for (std::size_t n = 1; n <= 12; ++n) CHECK(close(r.post(n), 1.0, 1e-4));
  CHECK(r.pre(12) > 4.0 * r.pre(1));
}

TEST_CASE("norm_order_study: the order that the config has makes no difference, nor a last norm",
          "[norm_order_study][law]") {
  encoder::Params params = two_layers(8);
  const Mat x = random_mat(3, 4, 9);
  const Mask all = mask::full(3, 3);
  const Variance post = variance(params, x, all, 4);
  const Gradients from_post = gradients(params.layers[0], x, all, {3, 2, 5});
  for (encoder_block::Params& layer : params.layers) layer.order = NormOrder::pre;
  params.last_norm = layer_norm::untrained(4);
  const Variance pre = variance(params, x, all, 4);
  CHECK(close(post.post, pre.post, 0.0));
  CHECK(close(post.pre, pre.pre, 0.0));
  const Gradients from_pre = gradients(params.layers[0], x, all, {3, 2, 5});
  CHECK(close(from_post.post, from_pre.post, 0.0));
  CHECK(close(from_post.pre, from_pre.pre, 0.0));
}

TEST_CASE("norm_order_study: the last of the depths is the stack itself",
          "[norm_order_study][law]") {
  const Mat x = random_mat(3, 4, 5);
  for (const std::size_t layers : {1u, 2u, 3u, 8u, 9u}) {
    const Gradients g = gradients(two_layers(4).layers[1], x, random_mask(3, 3, 6), {layers, 3, 7});
    const std::size_t n = g.depths.size() - 1;
    CHECK(g.depths(n) == static_cast<double>(layers));
    CHECK(close(g.post_last(n), g.post(layers - 1), 1e-14));
    CHECK(close(g.pre_last(n), g.pre(layers - 1), 1e-14));
  }
  CHECK(close(gradients(two_layers(4).layers[1], x, mask::full(3, 3), {6, 1, 7}).depths,
              Vec{1.0, 2.0, 4.0, 6.0}, 0.0));
}

TEST_CASE(
    "norm_order_study: with the depth pre-norm's last gradient shrinks, and post-norm's stays",
    "[norm_order_study][law]") {
  encoder_block::Params like = random_encoder_block(2, 32, 32, NormOrder::post, 1);
  const Gradients g = gradients(like, random_mat(5, 32, 2), mask::full(5, 5), {16, 6, 3});
  const std::size_t n = g.depths.size() - 1;
  const double root = 1.0 / std::sqrt(16.0);
  CHECK(g.pre_last(n) / g.pre_last(0) < 1.5 * root);
  CHECK(g.pre_last(n) / g.pre_last(0) > root / 1.5);
  CHECK(g.post_last(n) / g.post_last(0) < 1.25);
  CHECK(g.post_last(n) / g.post_last(0) > 0.8);
}

TEST_CASE("norm_order_study: every number is PyTorch's, from the same draws",
          "[norm_order_study][reference]") {
  for (const Fixture& c : Fixture("norm_order_study")["cases"].items()) {
    INFO(c.path());
    const Mat x = c["x"].mat();
    encoder_block::Params like =
        random_encoder_block(c["heads"].integer(), cols(x), c["dff"].integer(), NormOrder::post, 1);
    like.norm_1.epsilon = like.norm_2.epsilon = c["epsilon"].number();
    like.feed_forward.activation = activation_of(c["activation"].text());
    const Gradients g =
        gradients(like, x, c["mask"].mask(),
                  {c["layers"].integer(), c["samples"].integer(), c["seed"].integer()});
    CHECK(relatively_close(g.post, c["post"].vec(), 1e-10));
    CHECK(relatively_close(g.pre, c["pre"].vec(), 1e-10));
    CHECK(relatively_close(g.depths, c["depths"].vec(), 0.0));
    CHECK(relatively_close(g.post_last, c["post_last"].vec(), 1e-10));
    CHECK(relatively_close(g.pre_last, c["pre_last"].vec(), 1e-10));
  }
}

TEST_CASE("norm_order_study: a width of 1 has no gradient, since its norm is 0",
          "[norm_order_study][law]") {
  const Gradients g = gradients(random_encoder_block(1, 1, 2, NormOrder::post, 1), Mat{{2.0}},
                                mask::full(1, 1), {3, 2, 1});
  CHECK(close(g.post, zeros(3), 0.0));
  CHECK(close(g.pre, zeros(3), 0.0));
}

TEST_CASE("norm_order_study: errors say what is missing", "[norm_order_study][errors]") {
  const Mat x = random_mat(3, 4, 1);
  const Mask all = mask::full(3, 3);
  CHECK(message_of<ShapeError>([&] { variance({}, x, all, 2); }) == "there are no layers to study");
  CHECK(message_of<ShapeError>([&] { variance(two_layers(1), x, all, 0); }) ==
        "there are no layers to study");
  const encoder_block::Params like = two_layers(1).layers[0];
  CHECK(message_of<ShapeError>([&] {
          gradients(like, x, all, {0, 1, 1});
        }) == "there are no layers to study");
  CHECK(message_of<ShapeError>([&] {
          gradients(like, x, all, {1, 0, 1});
        }) == "there are no samples to study");
}

}  // namespace attn::norm_order_study
