#include "attn/mechanisms/sublayer.hpp"

#include <catch2/catch_test_macros.hpp>

#include "attn/mechanisms/feed_forward.hpp"
#include "tests/support/message.hpp"
#include "tests/support/transformer.hpp"

namespace attn::sublayer {
using namespace attn::test;

namespace {

using Network = Forward<feed_forward::Forward>;
using NetworkBack = Backward<feed_forward::Backward>;

Network run(NormOrder order, const layer_norm::Params& norm, const feed_forward::Params& params,
            const Mat& x) {
  return forward(
      order, norm, x, [&](const Mat& in) { return feed_forward::forward(params, in); },
      &feed_forward::Forward::y);
}

NetworkBack run_back(const layer_norm::Params& norm, const feed_forward::Params& params,
                     const Mat& x, const Network& f, const Mat& d) {
  return backward(
      norm, x, f, d,
      [&](const Mat& in, const Mat& d_y) {
        return feed_forward::backward(params, in, f.inner, d_y);
      },
      &feed_forward::Backward::d_x);
}

}  // namespace

TEST_CASE("sublayer: post-norm is LayerNorm(x + Sublayer(x)), pre-norm x + Sublayer(LayerNorm(x))",
          "[sublayer][law]") {
  const layer_norm::Params norm = random_norm(4, 1);
  const feed_forward::Params params = random_feed_forward(4, 6, 2);
  const Mat x = random_mat(3, 4, 3);
  const Mat post = run(NormOrder::post, norm, params, x).output();
  CHECK(close(post, layer_norm::forward(norm, x + feed_forward::forward(params, x).y).y, 0.0));
  const Mat pre = run(NormOrder::pre, norm, params, x).output();
  const Mat fed = feed_forward::forward(params, layer_norm::forward(norm, x).y).y;
  CHECK(close(pre, Mat(x + fed), 0.0));
}

TEST_CASE("sublayer: in pre-norm a sublayer that gives nothing changes nothing",
          "[sublayer][law]") {
  const feed_forward::Params silent{zeros(4, 6), zeros(6), zeros(6, 4), zeros(4)};
  const Mat x = random_mat(3, 4, 4);
  CHECK(close(run(NormOrder::pre, random_norm(4, 5), silent, x).output(), x, 0.0));
}

TEST_CASE("sublayer: gradients agree with central differences", "[sublayer][gradient]") {
  for (const NormOrder order : {NormOrder::post, NormOrder::pre}) {
    layer_norm::Params norm = random_norm(4, 6);
    feed_forward::Params params = random_feed_forward(4, 6, 7);
    params.activation = feed_forward::Activation::gelu;
    Mat x = random_mat(3, 4, 8);
    const Mat d = random_mat(3, 4, 9);
    const auto loss = [&] { return inner(run(order, norm, params, x).output(), d); };
    const NetworkBack b = run_back(norm, params, x, run(order, norm, params, x), d);
    REQUIRE(b.complete());
    CHECK(check_gradient(loss, x, b.d_x()));
    CHECK(check_gradient(loss, norm.gamma, b.norm.d_gamma));
    CHECK(check_gradient(loss, norm.beta, b.norm.d_beta));
    CHECK(check_gradient(loss, params.W_1, b.inner.d_W_1));
    CHECK(check_gradient(loss, params.b_2, b.inner.d_b_2));
  }
}

TEST_CASE("sublayer: in both orders it is PyTorch's", "[sublayer][reference]") {
  // The second sublayer of the encoder's layers, from what the first gives.
  for (const Fixture& c : Fixture("encoder_block")["cases"].items()) {
    INFO(c["name"].text());
    const encoder_block::Params params = encoder_block_params(c);
    const bool post = params.order == NormOrder::post;
    const Mat x = c["forward"][post ? "norm_1.y" : "add_1.sum"].mat();
    const Network f = run(params.order, params.norm_2, params.feed_forward, x);
    CHECK(close(f.output(), c["output"].mat(), 1e-12));
    const NetworkBack b = run_back(params.norm_2, params.feed_forward, x, f, c["d_output"].mat());
    CHECK(close(b.norm.d_gamma, c["backward"]["norm_2.d_gamma"].vec(), 1e-12));
    CHECK(close(b.inner.d_W_2, c["backward"]["feed_forward.d_W_2"].mat(), 1e-12));
  }
}

TEST_CASE("sublayer: an output that does not fit what goes around it is refused",
          "[sublayer][errors]") {
  const auto narrow = [](const Mat& in) { return residual::Forward{zeros(rows(in), 3)}; };
  CHECK(message_of<ShapeError>([&] {
          forward(NormOrder::post, random_norm(4, 1), random_mat(2, 4, 1), narrow,
                  &residual::Forward::sum);
        }) ==
        "y has shape (2, 3), expected (2, 4), that is (T, dm): the sublayer's output is added "
        "to its input");
}

}  // namespace attn::sublayer
