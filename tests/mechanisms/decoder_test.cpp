#include "attn/mechanisms/decoder.hpp"

#include <catch2/catch_test_macros.hpp>

#include "attn/core/vectors.hpp"
#include "attn/mechanisms/mask.hpp"
#include "tests/support/close.hpp"
#include "tests/support/message.hpp"
#include "tests/support/transformer_decoder.hpp"

namespace attn::decoder {
using namespace attn::test;

namespace {

decoder_block::Masks masks_of(std::size_t Ty, std::size_t Tx) {
  return {mask::causal(Ty, Ty), mask::full(Ty, Tx)};
}

Params params_of(NormOrder order) { return random_transformer(order, 1).decoder; }

}  // namespace

TEST_CASE("decoder: each layer is given what the one before gives", "[decoder][law]") {
  const Params params = params_of(NormOrder::pre);
  const Mat x = random_mat(3, 4, 2), memory = random_mat(5, 4, 3);
  const Forward f = forward(params, x, memory, masks_of(3, 5));
  Mat out = x;
  for (std::size_t n = 0; n < 3; ++n) {
    out = decoder_block::forward(params.layers[n], out, memory, masks_of(3, 5)).output();
    CHECK(close(f.layers[n].output(), out, 0.0));
  }
  CHECK(close(f.output(), layer_norm::forward(*params.last_norm, out).y, 0.0));
}

TEST_CASE("decoder: with a cache each position is what it is without", "[decoder][law]") {
  for (const NormOrder order : {NormOrder::post, NormOrder::pre}) {
    const Params params = params_of(order);
    const Mat x = random_mat(6, 4, 4), memory = random_mat(2, 4, 5);
    const Mat whole = forward(params, x, memory, masks_of(6, 2)).output();
    Cache cache = start(params, memory);
    for (std::size_t t = 0; t < 6; ++t) {
      const Step now = step(params, as_row(row(x, t)), mask::full(1, 2), cache);
      CHECK(close(row(now.output(), 0), row(whole, t), 1e-12));
    }
    CHECK(cache.length() == 6);
  }
}

TEST_CASE("decoder: gradients agree with central differences", "[decoder][gradient]") {
  for (const NormOrder order : {NormOrder::post, NormOrder::pre}) {
    Params p = params_of(order);
    for (decoder_block::Params& layer : p.layers) {
      layer.feed_forward.activation = feed_forward::Activation::gelu;
    }
    Mat x = random_mat(3, 4, 6), memory = random_mat(5, 4, 7);
    const Mat d = random_mat(3, 4, 8);
    const auto loss = [&] { return inner(forward(p, x, memory, masks_of(3, 5)).output(), d); };
    const Backward b = backward(p, x, memory, forward(p, x, memory, masks_of(3, 5)), d);
    REQUIRE(b.complete());
    const GradientTolerance tolerance{.absolute = 1e-8};  // through nine norms
    CHECK(check_gradient(loss, x, b.d_x, tolerance));
    CHECK(check_gradient(loss, memory, b.d_memory, tolerance));
    CHECK(check_gradient(loss, p.layers[0].self.W_k, b.layers[2].self.inner.d_W_k, tolerance));
    CHECK(check_gradient(loss, p.layers[2].cross.W_v, b.layers[0].cross.inner.d_W_v, tolerance));
    if (!p.last_norm) continue;
    CHECK(check_gradient(loss, p.last_norm->gamma, b.last_norm->d_gamma, tolerance));
    CHECK(check_gradient(loss, p.last_norm->beta, b.last_norm->d_beta, tolerance));
  }
}

TEST_CASE("decoder: a cache of another decoder, or of another length, is refused",
          "[decoder][errors]") {
  const Params params = params_of(NormOrder::post);
  const Mat memory = random_mat(2, 4, 9), x = random_mat(1, 4, 10);
  Cache cache = start(params, memory);
  cache.layers.pop_back();
  CHECK(message_of<ShapeError>([&] { step(params, x, mask::full(1, 2), cache); }) ==
        "the cache is of 2 layers, and the decoder has 3");
  cache = start(params, memory);
  decoder_block::step(params.layers[1], x, mask::full(1, 2), cache.layers[1]);
  CHECK(message_of<ShapeError>([&] { step(params, x, mask::full(1, 2), cache); }) ==
        "the cache of layer 2 holds 1 positions, that of layer 1 0");
  cache = start(params, random_mat(3, 4, 9));
  CHECK(message_of<ShapeError>([&] { step(params, x, mask::full(1, 2), cache); }) ==
        "mask has shape (1, 2), expected (1, 3), that is (Tq, Tk): one entry for each query and "
        "key");
  CHECK(message_of<ShapeError>([&] { forward(Params{}, x, memory, masks_of(1, 2)); }) ==
        "the decoder has no layers");
  CHECK(message_of<ShapeError>([&] { start(Params{}, memory); }) == "the decoder has no layers");
}

}  // namespace attn::decoder
