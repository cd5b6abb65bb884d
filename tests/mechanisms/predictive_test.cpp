#include "attn/mechanisms/predictive.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>

#include "tests/support/close.hpp"
#include "tests/support/fixture.hpp"
#include "tests/support/message.hpp"
#include "tests/support/random.hpp"

namespace attn::predictive {
using namespace attn::test;

TEST_CASE("predictive: the position lies in the sentence, however sure the network is",
          "[predictive][law]") {
  const Params params{Mat{{1.0}}, Vec{50.0}};
  const Forward f = forward(params, Mat{{-1e4}, {-0.1}, {0.0}, {0.1}, {1e4}}, 6);
  CHECK(f.p(0) >= 0.0);
  CHECK(close(f.p(2), 3.0, 0.0));  // sigmoid(0) is a half
  CHECK(f.p(4) <= 6.0);
  for (std::size_t t = 1; t < 5; ++t) CHECK(f.p(t) >= f.p(t - 1));
}

TEST_CASE("predictive: a sentence twice as long has its positions twice as far",
          "[predictive][law]") {
  const Params params{random_mat(4, 3, 1), random_vec(4, 2)};
  const Mat queries = random_mat(2, 3, 3);
  const Vec once = forward(params, queries, 5).p;
  const Vec twice = forward(params, queries, 10).p;
  for (std::size_t t = 0; t < 2; ++t) CHECK(close(twice(t), 2.0 * once(t), 1e-15));
}

TEST_CASE("predictive: one hidden unit is S sigmoid(v tanh(w h))", "[predictive][reference]") {
  const Forward f = forward({Mat{{0.5}}, Vec{2.0}}, Mat{{1.0}}, 4);
  CHECK(close(f.p(0), 4.0 / (1.0 + std::exp(-2.0 * std::tanh(0.5))), 1e-15));
}

TEST_CASE("predictive: gradients agree with central differences", "[predictive][gradient]") {
  Params params{random_mat(5, 2, 10), random_vec(5, 11)};
  Mat queries = random_mat(3, 2, 12);
  const Vec d_p = random_vec(3, 13);
  const auto loss = [&] { return inner(forward(params, queries, 7).p, d_p); };
  const Backward b = backward(params, queries, 7, forward(params, queries, 7), d_p);
  CHECK(check_gradient(loss, params.W_p, b.d_W_p));
  CHECK(check_gradient(loss, params.v_p, b.d_v_p));
  CHECK(check_gradient(loss, queries, b.d_queries));
}

TEST_CASE("predictive: everything is as PyTorch computes it", "[predictive][reference]") {
  for (const Fixture& c : Fixture("predictive")["cases"].items()) {
    INFO(c.path());
    const Params params{c["W_p"].mat(), c["v_p"].vec()};
    const Mat queries = c["queries"].mat();
    const std::size_t S = c["S"].integer();
    const Forward f = forward(params, queries, S);
    CHECK(fields_close(f, c["forward"], 1e-12));
    CHECK(fields_close(backward(params, queries, S, f, c["d_p"].vec()), c["backward"], 1e-12));
  }
}

TEST_CASE("predictive: errors name the tensor and what was expected", "[predictive][errors]") {
  const Params params{zeros(5, 2), zeros(5)};
  CHECK(message_of<ShapeError>([&] { forward(params, zeros(3, 4), 6); }) ==
        "W_p has shape (5, 2), expected (5, 4), that is (dp, dq): one column for each entry of a "
        "query");
  CHECK(message_of<ShapeError>([&] {
          forward({zeros(5, 2), zeros(2)}, zeros(3, 2), 6);
        }) == "v_p has shape (2), expected (5), that is (dp): one entry for each row of W_p");
  CHECK(message_of<ShapeError>([&] { forward(params, zeros(3, 2), 0); }) ==
        "the sentence has no positions");
  CHECK(message_of<ShapeError>([&] {
          backward(params, zeros(3, 2), 6, forward(params, zeros(3, 2), 6), zeros(2));
        }) == "d_p has shape (2), expected (3), that is (Tq): the shape of p");
}

}  // namespace attn::predictive
