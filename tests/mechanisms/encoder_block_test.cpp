#include "attn/mechanisms/encoder_block.hpp"

#include <catch2/catch_test_macros.hpp>

#include "attn/mechanisms/mask.hpp"
#include "tests/support/message.hpp"
#include "tests/support/permute.hpp"
#include "tests/support/transformer.hpp"

namespace attn::encoder_block {
using namespace attn::test;

TEST_CASE("encoder_block: permuting the words permutes the result: a layer knows no order",
          "[encoder_block][law]") {
  const Order order{3, 0, 4, 1, 2};
  const Mat x = random_mat(5, 4, 1);
  for (const NormOrder norm : {NormOrder::post, NormOrder::pre}) {
    const Params params = random_encoder_block(2, 4, 6, norm, 2);
    const Mask all = mask::full(5, 5);
    CHECK(close(forward(params, permute_rows(x, order), all).output(),
                permute_rows(forward(params, x, all).output(), order), 1e-13));
  }
}

TEST_CASE("encoder_block: post-norm gives rows that are normed, pre-norm does not",
          "[encoder_block][law]") {
  for (const NormOrder norm : {NormOrder::post, NormOrder::pre}) {
    Params params = random_encoder_block(2, 6, 5, norm, 3);
    params.norm_1 = params.norm_2 = layer_norm::untrained(6);
    const Mat out = forward(params, random_mat(3, 6, 4), mask::full(3, 3)).output();
    const layer_norm::Forward seen = layer_norm::forward(params.norm_1, out);
    for (std::size_t i = 0; i < 3; ++i) {
      CHECK((std::abs(seen.mean(i)) < 1e-14) == (norm == NormOrder::post));
      CHECK((std::abs(seen.variance(i) - 1.0) < 1e-4) == (norm == NormOrder::post));
    }
  }
}

TEST_CASE("encoder_block: pre-norm leaves the way around alone: sublayers of 0 give x",
          "[encoder_block][law]") {
  Params params = random_encoder_block(2, 4, 6, NormOrder::pre, 5);
  params.attention.W_o = zeros(4, 4);
  params.attention.b_o = zeros(4);
  params.feed_forward.W_2 = zeros(6, 4);
  params.feed_forward.b_2 = zeros(4);
  const Mat x = random_mat(3, 4, 6);
  const Forward f = forward(params, x, mask::full(3, 3));
  CHECK(close(f.output(), x, 0.0));
  const Mat d_output = random_mat(3, 4, 7);
  CHECK(close(backward(params, x, f, d_output).d_x(), d_output, 0.0));
}

TEST_CASE("encoder_block: with a causal mask no word changes those before it",
          "[encoder_block][law]") {
  const Mat x = random_mat(4, 4, 8);
  Mat other = x;
  for (std::size_t d = 0; d < 4; ++d) other(2, d) += 1.0;
  for (const NormOrder norm : {NormOrder::post, NormOrder::pre}) {
    const Params params = random_encoder_block(2, 4, 6, norm, 9);
    const Mat before = forward(params, x, mask::causal(4, 4)).output();
    const Mat after = forward(params, other, mask::causal(4, 4)).output();
    CHECK(close(permute_rows(after, {0, 1, 0, 1}), permute_rows(before, {0, 1, 0, 1}), 0.0));
    CHECK(!close(permute_rows(after, {2, 3, 2, 3}), permute_rows(before, {2, 3, 2, 3}), 1e-3));
  }
}

TEST_CASE("encoder_block: a word that may see nothing is fed its own way around, and b_o",
          "[encoder_block][law]") {
  const Params params = random_encoder_block(2, 4, 6, NormOrder::post, 10);
  const Mat x = random_mat(2, 4, 11);
  const Forward f = forward(params, x, mask::valid_lengths({0, 2}, 2, 2));
  for (std::size_t d = 0; d < 4; ++d) {
    CHECK(f.attention.inner.concat(0, d) == 0.0);
    CHECK(f.attention.add.sum(0, d) == x(0, d) + params.attention.b_o(d));
  }
}

TEST_CASE("encoder_block: gradients agree with central differences", "[encoder_block][gradient]") {
  for (const NormOrder norm : {NormOrder::post, NormOrder::pre}) {
    Params params = random_encoder_block(2, 4, 5, norm, 20);
    params.feed_forward.activation = feed_forward::Activation::gelu;
    params.norm_1.epsilon = params.norm_2.epsilon = 0.1;
    Mat x = random_mat(3, 4, 21);
    const Mask mask = random_mask(3, 3, 22);
    const Mat d_output = random_mat(3, 4, 23);
    const auto loss = [&] { return inner(forward(params, x, mask).output(), d_output); };
    const Backward b = backward(params, x, forward(params, x, mask), d_output);
    const self_heads::Backward& a = b.attention.inner;
    CHECK(check_gradient(loss, params.attention.W_q, a.d_W_q));
    CHECK(check_gradient(loss, params.attention.b_q, a.d_b_q));
    CHECK(check_gradient(loss, params.attention.W_k, a.d_W_k));
    CHECK(check_gradient(loss, params.attention.b_k, a.d_b_k));
    CHECK(check_gradient(loss, params.attention.W_v, a.d_W_v));
    CHECK(check_gradient(loss, params.attention.b_v, a.d_b_v));
    CHECK(check_gradient(loss, params.attention.W_o, a.d_W_o));
    CHECK(check_gradient(loss, params.attention.b_o, a.d_b_o));
    CHECK(check_gradient(loss, params.norm_1.gamma, b.attention.norm.d_gamma));
    CHECK(check_gradient(loss, params.norm_1.beta, b.attention.norm.d_beta));
    const feed_forward::Backward& ff = b.feed_forward.inner;
    CHECK(check_gradient(loss, params.feed_forward.W_1, ff.d_W_1));
    CHECK(check_gradient(loss, params.feed_forward.b_1, ff.d_b_1));
    CHECK(check_gradient(loss, params.feed_forward.W_2, ff.d_W_2));
    CHECK(check_gradient(loss, params.feed_forward.b_2, ff.d_b_2));
    CHECK(check_gradient(loss, params.norm_2.gamma, b.feed_forward.norm.d_gamma));
    CHECK(check_gradient(loss, params.norm_2.beta, b.feed_forward.norm.d_beta));
    CHECK(check_gradient(loss, x, b.d_x()));
  }
}

TEST_CASE("encoder_block: everything is as PyTorch computes it, in both orders",
          "[encoder_block][reference]") {
  for (const Fixture& c : Fixture("encoder_block")["cases"].items()) {
    INFO(c.path() << ", " << c["name"].text());
    const Params params = encoder_block_params(c);
    const Mat x = c["x"].mat();
    const Forward f = forward(params, x, c["mask"].mask());
    const Fixture wanted = c["forward"];
    CHECK(fields_close(f.attention.inner, wanted, "attention.", 1e-12));
    CHECK(fields_close(f.attention.add, wanted, "add_1.", 1e-12));
    CHECK(fields_close(f.attention.norm, wanted, "norm_1.", 1e-12));
    CHECK(fields_close(f.feed_forward.inner, wanted, "feed_forward.", 1e-12));
    CHECK(fields_close(f.feed_forward.add, wanted, "add_2.", 1e-12));
    CHECK(fields_close(f.feed_forward.norm, wanted, "norm_2.", 1e-12));
    CHECK(close(f.output(), c["output"].mat(), 1e-12));
    const Backward b = backward(params, x, f, c["d_output"].mat());
    const Fixture back = c["backward"];
    CHECK(fields_close(b.feed_forward.norm, back, "norm_2.", 1e-12));
    CHECK(fields_close(b.feed_forward.inner, back, "feed_forward.", 1e-12));
    CHECK(fields_close(b.feed_forward.around, back, "add_2.", 1e-12));
    CHECK(fields_close(b.attention.norm, back, "norm_1.", 1e-12));
    CHECK(fields_close(b.attention.inner, back, "attention.", 1e-12));
    CHECK(fields_close(b.attention.around, back, "add_1.", 1e-12));
    CHECK(close(b.d_x(), c["d_x"].mat(), 1e-12));
  }
}

TEST_CASE("encoder_block: errors name the tensor and what was expected",
          "[encoder_block][errors]") {
  const Params params = random_encoder_block(2, 4, 6, NormOrder::post, 30);
  const Mask all = mask::full(3, 3);
  CHECK(
      message_of<ShapeError>([&] { forward(params, zeros(3, 5), all); }) ==
      "W_k has shape (4, 4), expected (5, 4), that is (dx_k, Hdk): one row for each column of the "
      "keys");
  CHECK(message_of<ShapeError>([&] { forward(params, zeros(3, 4), mask::full(3, 2)); }) ==
        "mask has shape (3, 2), expected (3, 3), that is (Tq, Tk): one entry for each query and "
        "key");
  Params narrow = params;
  narrow.attention.W_o = zeros(4, 3);
  narrow.attention.b_o = zeros(3);
  CHECK(message_of<ShapeError>([&] { forward(narrow, zeros(3, 4), all); }) ==
        "y has shape (3, 3), expected (3, 4), that is (T, dm): the sublayer's output is added to "
        "its input");
  const Forward f = forward(params, zeros(3, 4), all);
  CHECK(message_of<ShapeError>([&] { backward(params, zeros(3, 4), f, zeros(4, 3)); }) ==
        "d_y has shape (4, 3), expected (3, 4), that is (T, dm): the shape of y");
}

}  // namespace attn::encoder_block
