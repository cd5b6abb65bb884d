#include "attn/mechanisms/decoder_block.hpp"

#include <catch2/catch_test_macros.hpp>

#include "attn/core/vectors.hpp"
#include "attn/mechanisms/mask.hpp"
#include "tests/support/close.hpp"
#include "tests/support/message.hpp"
#include "tests/support/transformer_decoder.hpp"

namespace attn::decoder_block {
using namespace attn::test;

namespace {

Masks masks_of(std::size_t Ty, std::size_t Tx) {
  return {mask::causal(Ty, Ty), mask::full(Ty, Tx)};
}

void check_attention_gradients(const multi_head::Backward& b, const Named& expected) {
  CHECK(close(b.d_W_q, expected.mat("W_q"), 1e-12));
  CHECK(close(b.d_b_q, expected.vec("b_q"), 1e-12));
  CHECK(close(b.d_W_k, expected.mat("W_k"), 1e-12));
  CHECK(close(b.d_b_k, expected.vec("b_k"), 1e-12));
  CHECK(close(b.d_W_v, expected.mat("W_v"), 1e-12));
  CHECK(close(b.d_b_v, expected.vec("b_v"), 1e-12));
  CHECK(close(b.d_W_o, expected.mat("W_o"), 1e-12));
  CHECK(close(b.d_b_o, expected.vec("b_o"), 1e-12));
}

void check_norm_gradients(const layer_norm::Backward& b, const Named& expected,
                          const std::string& number) {
  CHECK(close(b.d_gamma, expected.vec("gamma_" + number), 1e-12));
  CHECK(close(b.d_beta, expected.vec("beta_" + number), 1e-12));
}

}  // namespace

TEST_CASE("decoder block: what comes later changes nothing of what came before",
          "[decoder_block][law]") {
  for (const NormOrder order : {NormOrder::post, NormOrder::pre}) {
    const Params params = random_decoder_layer(4, 6, 2, order, 1);
    const Mat memory = random_mat(3, 4, 2);
    Mat x = random_mat(5, 4, 3);
    const Mat before = forward(params, x, memory, masks_of(5, 3)).output();
    x(3, 1) += 1.0;
    const Forward changed = forward(params, x, memory, masks_of(5, 3));
    for (std::size_t t = 0; t < 3; ++t) {
      CHECK(close(row(changed.output(), t), row(before, t), 0.0));
    }
    CHECK(!close(row(changed.output(), 3), row(before, 3), 1e-3));
    CHECK(!close(row(changed.output(), 4), row(before, 4), 1e-6));
    for (std::size_t h = 0; h < 2; ++h) CHECK(changed.self.inner.weights(h, 1, 2) == 0.0);
  }
}

TEST_CASE("decoder block: with a cache each position is what it is without",
          "[decoder_block][law]") {
  for (const NormOrder order : {NormOrder::post, NormOrder::pre}) {
    const Params params = random_decoder_layer(6, 5, 3, order, 11);
    const Mat memory = random_mat(4, 6, 12), x = random_mat(5, 6, 13);
    const Forward whole = forward(params, x, memory, masks_of(5, 4));
    Cache cache = start(params, memory);
    for (std::size_t t = 0; t < 5; ++t) {
      CHECK(cache.length() == t);
      const Step now = step(params, as_row(row(x, t)), mask::full(1, 4), cache);
      REQUIRE(now.complete());
      CHECK(close(row(now.output(), 0), row(whole.output(), t), 1e-13));
      CHECK(close(row(now.self_added.k, 0), row(whole.self.inner.k, t), 1e-14));
    }
    CHECK(close(cache.self.k_heads, whole.self.inner.k_heads, 1e-14));
    CHECK(close(cache.cross.v, whole.cross.inner.v, 0.0));
  }
}

TEST_CASE("decoder block: a memory that nobody may see adds the bias alone, and gets no gradient",
          "[decoder_block][law]") {
  const Params params = random_decoder_layer(4, 6, 2, NormOrder::post, 21);
  const Mat x = random_mat(2, 4, 22), memory = random_mat(3, 4, 23);
  const Masks masks{mask::causal(2, 2), mask::valid_lengths({0}, 2, 3)};
  const Forward f = forward(params, x, memory, masks);
  for (const double weight : f.cross.inner.weights) CHECK(weight == 0.0);
  for (std::size_t t = 0; t < 2; ++t)
    CHECK(close(row(f.cross.inner.output, t), params.cross.b_o, 0.0));
  const Backward b = backward(params, x, memory, f, random_mat(2, 4, 24));
  CHECK(close(b.d_memory(), zeros(3, 4), 0.0));
}

TEST_CASE("decoder block: gradients agree with central differences", "[decoder_block][gradient]") {
  for (const NormOrder order : {NormOrder::post, NormOrder::pre}) {
    Params p = random_decoder_layer(4, 6, 2, order, 31);
    p.feed_forward.activation = feed_forward::Activation::gelu;
    Mat x = random_mat(3, 4, 32), memory = random_mat(5, 4, 33);
    const Masks masks{mask::causal(3, 3), random_mask(3, 5, 34)};
    const Mat d = random_mat(3, 4, 35);
    const auto loss = [&] { return inner(forward(p, x, memory, masks).output(), d); };
    const Backward b = backward(p, x, memory, forward(p, x, memory, masks), d);
    REQUIRE(b.complete());
    CHECK(check_gradient(loss, x, b.d_x()));
    CHECK(check_gradient(loss, memory, b.d_memory()));
    CHECK(check_gradient(loss, p.self.W_q, b.self.inner.d_W_q));
    CHECK(check_gradient(loss, p.self.b_v, b.self.inner.d_b_v));
    CHECK(check_gradient(loss, p.cross.W_k, b.cross.inner.d_W_k));
    CHECK(check_gradient(loss, p.cross.W_v, b.cross.inner.d_W_v));
    CHECK(check_gradient(loss, p.cross.W_o, b.cross.inner.d_W_o));
    CHECK(check_gradient(loss, p.feed_forward.W_1, b.feed_forward.inner.d_W_1));
    CHECK(check_gradient(loss, p.norm_1.gamma, b.self.norm.d_gamma));
    CHECK(check_gradient(loss, p.norm_2.beta, b.cross.norm.d_beta));
    CHECK(check_gradient(loss, p.norm_3.gamma, b.feed_forward.norm.d_gamma));
  }
}

TEST_CASE("decoder block: everything is as PyTorch computes it", "[decoder_block][reference]") {
  for (const Fixture& c : Fixture("decoder_block")["cases"].items()) {
    INFO(c["name"].text());
    const Params params = decoder_layer_of({c["parameters"], ""}, conventions_of(c));
    const Mat x = c["x"].mat(), memory = c["memory"].mat();
    const Masks masks{mask::causal(rows(x), rows(x)), c["cross_mask"].mask()};
    const Forward f = forward(params, x, memory, masks);
    const Fixture& all = c["forward"];
    CHECK(fields_close(f.self.inner, all, "self.", 1e-12));
    CHECK(fields_close(f.self.add, all, "add_1.", 1e-12));
    CHECK(fields_close(f.self.norm, all, "norm_1.", 1e-12));
    CHECK(fields_close(f.cross.inner, all, "cross.", 1e-12));
    CHECK(fields_close(f.cross.add, all, "add_2.", 1e-12));
    CHECK(fields_close(f.cross.norm, all, "norm_2.", 1e-12));
    CHECK(fields_close(f.feed_forward.inner, all, "feed_forward.", 1e-12));
    CHECK(fields_close(f.feed_forward.add, all, "add_3.", 1e-12));
    CHECK(fields_close(f.feed_forward.norm, all, "norm_3.", 1e-12));
    CHECK(close(f.output(), c["output"].mat(), 1e-12));
    const Backward b = backward(params, x, memory, f, c["d_output"].mat());
    REQUIRE(b.complete());
    CHECK(close(b.d_x(), c["d_x"].mat(), 1e-12));
    CHECK(close(b.d_memory(), c["d_memory"].mat(), 1e-12));
    const Named expected(c["backward"], "");
    check_attention_gradients(b.self.inner, expected.below("self."));
    check_attention_gradients(b.cross.inner, expected.below("cross."));
    check_norm_gradients(b.self.norm, expected, "1");
    check_norm_gradients(b.cross.norm, expected, "2");
    check_norm_gradients(b.feed_forward.norm, expected, "3");
    CHECK(close(b.feed_forward.inner.d_W_1, expected.mat("W_1"), 1e-12));
    CHECK(close(b.feed_forward.inner.d_b_1, expected.vec("b_1"), 1e-12));
    CHECK(close(b.feed_forward.inner.d_W_2, expected.mat("W_2"), 1e-12));
    CHECK(close(b.feed_forward.inner.d_b_2, expected.vec("b_2"), 1e-12));
  }
}

TEST_CASE("decoder block: errors name the tensor and what was expected",
          "[decoder_block][errors]") {
  const Params params = random_decoder_layer(4, 6, 2, NormOrder::post, 41);
  const Mat x = zeros(2, 4);
  CHECK(message_of<ShapeError>([&] { forward(params, x, zeros(3, 5), masks_of(2, 3)); }) ==
        "W_k has shape (4, 4), expected (5, 4), that is (dx_k, Hdk): one row for each column of "
        "the keys");
  CHECK(message_of<ShapeError>([&] { forward(params, x, zeros(3, 4), masks_of(2, 4)); }) ==
        "mask has shape (2, 4), expected (2, 3), that is (Tq, Tk): one entry for each query and "
        "key");
  CHECK(message_of<ShapeError>([&] { forward(params, x, zeros(0, 4), masks_of(2, 0)); }) ==
        "keys has shape (0, 4): axis Tk is empty");
  Cache other = start(random_decoder_layer(6, 6, 2, NormOrder::post, 42), random_mat(3, 6, 1));
  CHECK(message_of<ShapeError>([&] { step(params, x, mask::full(1, 3), other); }) ==
        "x has shape (2, 4), expected (1, 4), that is (T, dm): one position at a time");
}

}  // namespace attn::decoder_block
