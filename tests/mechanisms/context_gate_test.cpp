#include "attn/mechanisms/context_gate.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/close.hpp"
#include "tests/support/fixture.hpp"
#include "tests/support/message.hpp"
#include "tests/support/random.hpp"

namespace attn::context_gate {
using namespace attn::test;

TEST_CASE("context_gate: one number multiplies the whole context", "[context_gate][law]") {
  const Forward f = forward({Vec{2.0, -1.0}, 1.0}, Vec{1.0, 3.0}, Vec{4.0, -6.0, 0.0});
  CHECK(f.logit == 0.0);
  CHECK(f.beta == 0.5);
  CHECK(close(f.gated, Vec{2.0, -3.0, 0.0}, 0.0));
}

TEST_CASE("context_gate: far out it is open or shut, and never NaN", "[context_gate][law]") {
  const Vec context{3.0};
  CHECK(forward({Vec{1.0}, 0.0}, Vec{1e4}, context).beta == 1.0);
  CHECK(forward({Vec{1.0}, 0.0}, Vec{-1e4}, context).gated(0) < 1e-300);
}

TEST_CASE("context_gate: gradients agree with central differences", "[context_gate][gradient]") {
  Params params{random_vec(3, 1), 0.3};
  Vec h = random_vec(3, 2);
  Vec context = random_vec(5, 3);
  const Vec d_gated = random_vec(5, 4);
  const auto loss = [&] { return inner(forward(params, h, context).gated, d_gated); };
  const Backward b = backward(params, h, context, forward(params, h, context), d_gated);
  CHECK(check_gradient(loss, params.w_beta, b.d_w_beta));
  CHECK(check_gradient(loss, params.b_beta, b.d_b_beta));
  CHECK(check_gradient(loss, h, b.d_h));
  CHECK(check_gradient(loss, context, b.d_context));
}

TEST_CASE("context_gate: everything is as PyTorch computes it", "[context_gate][reference]") {
  for (const Fixture& c : Fixture("context_gate")["cases"].items()) {
    INFO(c.path());
    const Params params{c["w_beta"].vec(), c["b_beta"].number()};
    const Vec h = c["h"].vec();
    const Vec context = c["context"].vec();
    const Forward f = forward(params, h, context);
    CHECK(fields_close(f, c["forward"], 1e-12));
    CHECK(fields_close(backward(params, h, context, f, c["d_gated"].vec()), c["backward"], 1e-12));
  }
}

TEST_CASE("context_gate: errors name the tensor and what was expected", "[context_gate][errors]") {
  const Params params{zeros(3), 0.0};
  CHECK(message_of<ShapeError>([&] { forward(params, zeros(2), zeros(5)); }) ==
        "w_beta has shape (3), expected (2), that is (dh): one entry for each entry of the state");
  CHECK(message_of<ShapeError>([&] { forward(params, zeros(3), zeros(0)); }) ==
        "context has shape (0): axis dv is empty");
  CHECK(message_of<ShapeError>([&] {
          forward({zeros(0), 0.0}, zeros(0), zeros(5));
        }) == "h has shape (0): axis dh is empty");
  CHECK(message_of<ShapeError>([&] {
          backward(params, zeros(3), zeros(5), forward(params, zeros(3), zeros(5)), zeros(4));
        }) == "d_gated has shape (4), expected (5), that is (dv): the shape of the context");
}

}  // namespace attn::context_gate
