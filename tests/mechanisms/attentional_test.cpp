#include "attn/mechanisms/attentional.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>

#include "tests/support/close.hpp"
#include "tests/support/fixture.hpp"
#include "tests/support/message.hpp"
#include "tests/support/random.hpp"

namespace attn::attentional {
using namespace attn::test;

TEST_CASE("attentional: the context comes first, then the state", "[attentional][law]") {
  const Forward f =
      forward({Mat{{1, 10, 100, 1000, 10000}}}, Mat{{1e-5, 2e-5}}, Mat{{3e-6, 4e-7, 5e-8}});
  CHECK(close(f.concatenated, Mat{{1e-5, 2e-5, 3e-6, 4e-7, 5e-8}}, 0.0));
  CHECK(close(f.attentional(0, 0), std::tanh(1e-5 + 2e-4 + 3e-4 + 4e-4 + 5e-4), 1e-15));
}

TEST_CASE("attentional: with no columns for the context only the state counts",
          "[attentional][law]") {
  const Params params{Mat{{0, 0, 1}}};
  const Mat states{{0.5}, {-0.5}};
  CHECK(close(forward(params, random_mat(2, 2, 1), states).attentional,
              forward(params, random_mat(2, 2, 2), states).attentional, 0.0));
}

TEST_CASE("attentional: gradients agree with central differences", "[attentional][gradient]") {
  Params params{random_mat(5, 6, 10)};
  Mat context = random_mat(3, 4, 11);
  Mat states = random_mat(3, 2, 12);
  const Mat d_attentional = random_mat(3, 5, 13);
  const auto loss = [&] {
    return inner(forward(params, context, states).attentional, d_attentional);
  };
  const Backward b =
      backward(params, context, states, forward(params, context, states), d_attentional);
  CHECK(check_gradient(loss, params.W_c, b.d_W_c));
  CHECK(check_gradient(loss, context, b.d_context));
  CHECK(check_gradient(loss, states, b.d_states));
}

TEST_CASE("attentional: everything is as PyTorch computes it", "[attentional][reference]") {
  for (const Fixture& c : Fixture("attentional")["cases"].items()) {
    INFO(c.path());
    const Params params{c["W_c"].mat()};
    const Mat context = c["context"].mat();
    const Mat states = c["states"].mat();
    const Forward f = forward(params, context, states);
    CHECK(fields_close(f, c["forward"], 1e-12));
    CHECK(fields_close(backward(params, context, states, f, c["d_attentional"].mat()),
                       c["backward"], 1e-12));
  }
}

TEST_CASE("attentional: errors name the tensor and what was expected", "[attentional][errors]") {
  const Params params{zeros(5, 6)};
  CHECK(message_of<ShapeError>([&] { forward(params, zeros(3, 4), zeros(2, 2)); }) ==
        "states has shape (2, 2), expected (3, 2), that is (Tq, ds): each context has one state");
  CHECK(message_of<ShapeError>([&] { forward(params, zeros(3, 4), zeros(3, 4)); }) ==
        "W_c has shape (5, 6), expected (5, 8), that is (dc, dh+ds): one column for each entry of "
        "a context, then for each of a state");
  CHECK(message_of<ShapeError>([&] {
          backward(params, zeros(3, 4), zeros(3, 2), forward(params, zeros(3, 4), zeros(3, 2)),
                   zeros(3, 4));
        }) ==
        "d_attentional has shape (3, 4), expected (3, 5), that is (Tq, dc): the shape of the "
        "attentional states");
}

}  // namespace attn::attentional
