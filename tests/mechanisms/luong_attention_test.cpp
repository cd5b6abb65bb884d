#include "attn/mechanisms/luong_attention.hpp"

#include <catch2/catch_test_macros.hpp>

#include "attn/mechanisms/mask.hpp"
#include "tests/support/close.hpp"
#include "tests/support/message.hpp"
#include "tests/support/random.hpp"

namespace attn::luong_attention {
using namespace attn::test;

namespace {

Params random_params(Reach reach) {
  Params params;
  params.reach = reach;
  params.score = general::Params{random_mat(3, 4, 1)};
  params.attentional = {random_mat(2, 7, 2)};
  params.position = {random_mat(5, 3, 3), random_vec(5, 4)};
  params.window.D = 2;
  return params;
}

}  // namespace

TEST_CASE("luong attention: global attention is pooling over the whole sentence",
          "[luong_attention][law]") {
  const Params params = random_params(Reach::global);
  const Mat states = random_mat(2, 3, 10);
  const Mat annotations = random_mat(6, 4, 11);
  const Forward f = forward(params, states, annotations, 0);
  const pooling::Forward whole =
      pooling::forward(luong_score::scores(f.score), annotations, mask::full(2, 6));
  CHECK(close(f.weights(), whole.weights, 0.0));
  CHECK(close(f.context(), whole.context, 0.0));
  CHECK(close(f.attentional.attentional,
              attentional::forward(params.attentional, whole.context, states).attentional, 0.0));
}

TEST_CASE("luong attention: local-m looks about the time of each state", "[luong_attention][law]") {
  const Forward f =
      forward(random_params(Reach::local_m), random_mat(2, 3, 10), random_mat(6, 4, 11), 3);
  CHECK(close(f.p, Vec{3.0, 4.0}, 0.0));
  CHECK(f.weights()(0, 0) == 0.0);
  CHECK(f.weights()(0, 1) > 0.0);
  CHECK(f.weights()(1, 1) == 0.0);
}

TEST_CASE("luong attention: gradients agree with central differences, however far it reaches",
          "[luong_attention][gradient]") {
  for (const Reach reach : {Reach::global, Reach::local_m, Reach::local_p}) {
    const Params params = random_params(reach);
    Mat states = random_mat(2, 3, 10);
    Mat annotations = random_mat(6, 4, 11);
    const Mat d = random_mat(2, 2, 12);
    const auto loss = [&] {
      return inner(forward(params, states, annotations, 1).attentional.attentional, d);
    };
    const Forward f = forward(params, states, annotations, 1);
    const Backward b = backward(params, states, annotations, f, d);
    REQUIRE(b.complete());
    CHECK(check_gradient(loss, states, b.d_states));
    CHECK(check_gradient(loss, annotations, b.d_annotations));
  }
}

TEST_CASE("luong attention: local-p needs a window", "[luong_attention][errors]") {
  Params params = random_params(Reach::local_p);
  params.window.D = 0;
  CHECK_THROWS_AS(forward(params, random_mat(2, 3, 10), random_mat(6, 4, 11), 0),
                  std::invalid_argument);
}

}  // namespace attn::luong_attention
