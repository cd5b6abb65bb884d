#include "attn/mechanisms/self_attention.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>

#include "attn/core/matmul.hpp"
#include "attn/mechanisms/mask.hpp"
#include "attn/mechanisms/scale.hpp"
#include "tests/support/close.hpp"
#include "tests/support/fixture.hpp"
#include "tests/support/message.hpp"
#include "tests/support/permute.hpp"
#include "tests/support/random.hpp"

namespace attn::self_attention {
using namespace attn::test;

namespace {

Params random_params(std::size_t dm, std::size_t dk, std::size_t dv, std::uint64_t seed) {
  return {random_mat(dm, dk, seed), random_mat(dm, dk, seed + 1), random_mat(dm, dv, seed + 2),
          random_vec(dk, seed + 3), random_vec(dk, seed + 4),     random_vec(dv, seed + 5)};
}

}  // namespace

TEST_CASE("self_attention: each row of weights sums to 1", "[self_attention][law]") {
  const Forward f = forward(random_params(3, 2, 5, 1), random_mat(4, 3, 10));
  for (std::size_t i = 0; i < 4; ++i) {
    double sum = 0.0;
    for (std::size_t j = 0; j < 4; ++j) sum += f.attention.weights(i, j);
    CHECK(close(sum, 1.0, 1e-15));
  }
}

TEST_CASE("self_attention: permuting the words permutes the results", "[self_attention][law]") {
  const Params params = random_params(3, 2, 4, 11);
  const Mat X = random_mat(5, 3, 20);
  const Order order{3, 0, 4, 1, 2};
  const Forward f = forward(params, X), g = forward(params, permute_rows(X, order));
  CHECK(close(g.attention.context, permute_rows(f.attention.context, order), 1e-14));
  CHECK(close(g.attention.weights, permute_columns(permute_rows(f.attention.weights, order), order),
              1e-14));
}

TEST_CASE("self_attention: the first word of a causal sequence is its own value",
          "[self_attention][law]") {
  const Params params = random_params(3, 2, 4, 21);
  const Mat X = random_mat(5, 3, 30);
  const Forward f = forward(params, X, mask::causal(5, 5), 0.5);
  CHECK(close(permute_rows(f.attention.context, {0, 0, 0, 0, 0}),
              permute_rows(f.projected.values, {0, 0, 0, 0, 0}), 0.0));
}

TEST_CASE("self_attention: a bias of the keys changes no weight", "[self_attention][law]") {
  Params params = random_params(3, 2, 4, 31);
  const Mat X = random_mat(5, 3, 40);
  const Mat before = forward(params, X).attention.weights;
  params.b_k = random_vec(2, 41);
  CHECK(close(forward(params, X).attention.weights, before, 1e-14));
}

TEST_CASE("self_attention: with identities the words are queries, keys and values",
          "[self_attention][law]") {
  const Mat X = random_mat(4, 3, 50);
  const Forward f = forward(identity(3), X);
  CHECK(close(f.projected.queries, X, 0.0));
  CHECK(close(f.attention.context, scaled_dot::forward(X, X, X).context, 0.0));
}

TEST_CASE("self_attention: a word that may see no other reads 0, never NaN",
          "[self_attention][law]") {
  const Params params = random_params(3, 2, 4, 51);
  const Mat X = random_mat(3, 3, 60);
  const Mask mask = mask::valid_lengths({2, 0, 3}, 3, 3);
  const Forward f = forward(params, X, mask, 0.5);
  const Backward b = backward(params, X, 0.5, f, random_mat(3, 4, 61));
  for (std::size_t d = 0; d < 4; ++d) CHECK(f.attention.context(1, d) == 0.0);
  for (const double g : b.input.d_X) CHECK(std::isfinite(g));
}

TEST_CASE("self_attention: gradients agree with central differences",
          "[self_attention][gradient]") {
  Params params = random_params(3, 2, 5, 71);
  Mat X = random_mat(4, 3, 80);
  Mask mask = random_mask(4, 4, 81);
  for (std::size_t j = 0; j < 4; ++j) mask(2, j) = false;
  const Mat d_context = random_mat(4, 5, 82);
  const auto loss = [&] {
    return inner(forward(params, X, mask, 0.7).attention.context, d_context);
  };
  const Forward f = forward(params, X, mask, 0.7);
  const Backward b = backward(params, X, 0.7, f, d_context);
  CHECK(check_gradient(loss, X, b.input.d_X));
  CHECK(check_gradient(loss, params.W_q, b.parameters.d_W_q));
  CHECK(check_gradient(loss, params.W_k, b.parameters.d_W_k));
  CHECK(check_gradient(loss, params.W_v, b.parameters.d_W_v));
  CHECK(check_gradient(loss, params.b_q, b.parameters.d_b_q));
  CHECK(check_gradient(loss, params.b_k, b.parameters.d_b_k));
  CHECK(check_gradient(loss, params.b_v, b.parameters.d_b_v));
}

TEST_CASE("self_attention: everything is as PyTorch computes it", "[self_attention][reference]") {
  for (const Fixture& c : Fixture("self_attention")["cases"].items()) {
    INFO(c.path());
    const Params params{c["W_q"].mat(), c["W_k"].mat(), c["W_v"].mat(),
                        c["b_q"].vec(), c["b_k"].vec(), c["b_v"].vec()};
    const Mat X = c["X"].mat();
    const double scale = c["scale"].number();
    const Forward f = forward(params, X, c["mask"].mask(), scale);
    CHECK(f.complete());
    CHECK(fields_close(f.projected, c["forward"], 1e-12));
    CHECK(fields_close(f.attention, c["forward"], 1e-12));
    const Backward b = backward(params, X, scale, f, c["d_context"].mat());
    CHECK(b.complete());
    CHECK(fields_close(b.attention, c["backward"], 1e-12));
    CHECK(fields_close(b.parameters, c["backward"], 1e-12));
    CHECK(fields_close(b.input, c["backward"], 1e-12));
  }
}

TEST_CASE("self_attention: the default scale is 1/sqrt(dk)", "[self_attention][law]") {
  const Params params = random_params(3, 4, 2, 91);
  const Mat X = random_mat(5, 3, 92);
  CHECK(close(forward(params, X).attention.scaled,
              forward(params, X, mask::full(5, 5), 0.5).attention.scaled, 0.0));
}

TEST_CASE("self_attention: errors name the tensor and what was expected",
          "[self_attention][errors]") {
  const Params right = random_params(3, 2, 5, 101);
  const auto error = [&](const auto& change, const Mat& X = zeros(4, 3)) {
    Params params = right;
    change(params);
    return message_of<ShapeError>([&] { forward(params, X); });
  };
  CHECK(error([](Params& p) { p.W_q = zeros(4, 2); }) ==
        "W_q has shape (4, 2), expected (3, 2), that is (dm, dk): one row for each column of X");
  CHECK(error([](Params& p) { p.W_k = zeros(3, 4); }) ==
        "W_k has shape (3, 4), expected (3, 2), that is (dm, dk): the shape of W_q, since keys are "
        "as wide as queries");
  CHECK(error([](Params& p) { p.W_v = zeros(2, 5); }) ==
        "W_v has shape (2, 5), expected (3, 5), that is (dm, dv): one row for each column of X");
  CHECK(error([](Params& p) { p.b_q = zeros(3); }) ==
        "b_q has shape (3), expected (2), that is (dk): one entry for each column of W_q");
  CHECK(error([](Params& p) { p.b_k = zeros(1); }) ==
        "b_k has shape (1), expected (2), that is (dk): one entry for each column of W_k");
  CHECK(error([](Params& p) { p.b_v = zeros(2); }) ==
        "b_v has shape (2), expected (5), that is (dv): one entry for each column of W_v");
  CHECK(error([](Params& p) { p.W_v = zeros(3, 0); }) == "W_v has shape (3, 0): axis dv is empty");
  CHECK(error([](Params&) {}, zeros(0, 3)) == "X has shape (0, 3): axis T is empty");
  CHECK(
      message_of<ShapeError>([&] { forward(right, zeros(4, 3), mask::full(4, 3), 1.0); }) ==
      "mask has shape (4, 3), expected (4, 4), that is (Tq, Tk): one entry for each query and key");
  CHECK(message_of<ShapeError>([&] {
          const Mat X = zeros(4, 3);
          backward(right, X, 1.0, forward(right, X), zeros(5, 4));
        }) ==
        "d_context has shape (5, 4), expected (4, 5), that is (Tq, dv): the shape of the context");
}

}  // namespace attn::self_attention
