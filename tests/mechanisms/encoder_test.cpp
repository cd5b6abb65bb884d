#include "attn/mechanisms/encoder.hpp"

#include <catch2/catch_test_macros.hpp>

#include "attn/mechanisms/mask.hpp"
#include "tests/support/message.hpp"
#include "tests/support/permute.hpp"
#include "tests/support/transformer.hpp"

namespace attn::encoder {
using namespace attn::test;

namespace {

Params random_encoder(NormOrder order, bool last_norm, std::uint64_t seed) {
  Params params{{random_encoder_block(2, 4, 5, order, seed),
                 random_encoder_block(2, 4, 5, order, seed + 100)}};
  if (last_norm) params.last_norm = random_norm(4, seed + 200);
  return params;
}

}  // namespace

TEST_CASE("encoder: one layer without a last norm is that layer", "[encoder][law]") {
  const encoder_block::Params layer = random_encoder_block(2, 4, 6, NormOrder::post, 1);
  const Mat x = random_mat(3, 4, 2);
  const Mask all = mask::full(3, 3);
  const Forward f = forward({{layer}}, x, all);
  CHECK(f.complete());
  CHECK(close(f.output(), encoder_block::forward(layer, x, all).output(), 0.0));
}

TEST_CASE("encoder: each layer is given what the one before it made", "[encoder][law]") {
  const Params params = random_encoder(NormOrder::pre, true, 3);
  const Mask mask = random_mask(3, 3, 4);
  const Mat x = random_mat(3, 4, 5);
  const Mat first = encoder_block::forward(params.layers[0], x, mask).output();
  const Mat second = encoder_block::forward(params.layers[1], first, mask).output();
  CHECK(close(forward(params, x, mask).output(), layer_norm::forward(*params.last_norm, second).y,
              0.0));
}

TEST_CASE("encoder: permuting the words permutes the result, however many layers",
          "[encoder][law]") {
  const Order order{3, 0, 2, 1};
  const Mat x = random_mat(4, 4, 6);
  const Mask all = mask::full(4, 4);
  for (const NormOrder norm : {NormOrder::post, NormOrder::pre}) {
    const Params params = random_encoder(norm, true, 7);
    CHECK(close(forward(params, permute_rows(x, order), all).output(),
                permute_rows(forward(params, x, all).output(), order), 1e-12));
  }
}

TEST_CASE("encoder: gradients agree with central differences", "[encoder][gradient]") {
  for (const NormOrder norm : {NormOrder::post, NormOrder::pre}) {
    Params params = random_encoder(norm, norm == NormOrder::pre, 10);
    for (encoder_block::Params& layer : params.layers) {
      layer.feed_forward.activation = feed_forward::Activation::gelu;
      layer.norm_1.epsilon = layer.norm_2.epsilon = 0.1;
    }
    Mat x = random_mat(3, 4, 11);
    const Mask mask = random_mask(3, 3, 12);
    const Mat d_output = random_mat(3, 4, 13);
    const auto loss = [&] { return inner(forward(params, x, mask).output(), d_output); };
    const Backward b = backward(params, x, forward(params, x, mask), d_output);
    CHECK(check_gradient(loss, x, b.d_x));
    CHECK(check_gradient(loss, params.layers[0].attention.W_k, b.layers[1].attention.inner.d_W_k));
    CHECK(check_gradient(loss, params.layers[1].feed_forward.W_1,
                         b.layers[0].feed_forward.inner.d_W_1));
    if (b.last_norm) CHECK(check_gradient(loss, params.last_norm->gamma, b.last_norm->d_gamma));
  }
}

TEST_CASE("encoder: errors name the tensor and what was expected", "[encoder][errors]") {
  CHECK(message_of<ShapeError>([] { forward({}, zeros(3, 4), mask::full(3, 3)); }) ==
        "the encoder has no layers");
  Params params = random_encoder(NormOrder::post, true, 20);
  params.last_norm = layer_norm::untrained(3);
  CHECK(message_of<ShapeError>([&] { forward(params, zeros(3, 4), mask::full(3, 3)); }) ==
        "gamma has shape (3), expected (4), that is (dm): one entry for each column of x");
}

}  // namespace attn::encoder
