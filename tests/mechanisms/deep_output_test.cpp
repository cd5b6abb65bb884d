#include "attn/mechanisms/deep_output.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/close.hpp"
#include "tests/support/fixture.hpp"
#include "tests/support/message.hpp"
#include "tests/support/random.hpp"

namespace attn::deep_output {
using namespace attn::test;

namespace {
Params random_params(std::uint64_t seed) {
  return {random_mat(3, 2, seed), random_mat(3, 4, seed + 1), random_mat(5, 3, seed + 2)};
}
}  // namespace

TEST_CASE("deep_output: the probabilities sum to 1, also where a logit is huge",
          "[deep_output][law]") {
  const Forward f = forward(random_params(1), random_vec(3, 7, 1e4), zeros(2), zeros(4));
  double sum = 0.0;
  for (const double p : f.probabilities) sum += p;
  CHECK(close(sum, 1.0, 1e-15));
}

TEST_CASE("deep_output: without state and context the word before alone decides",
          "[deep_output][law]") {
  const Params params = random_params(2);
  const Vec y = random_vec(3, 8);
  CHECK(close(forward(params, y, zeros(2), zeros(4)).sum, y, 0.0));
}

TEST_CASE("deep_output: gradients agree with central differences", "[deep_output][gradient]") {
  Params params = random_params(3);
  Vec y = random_vec(3, 9);
  Vec h = random_vec(2, 10);
  Vec context = random_vec(4, 11);
  const Vec d_logits = random_vec(5, 12);
  const auto loss = [&] { return inner(forward(params, y, h, context).logits, d_logits); };
  const Backward b = backward(params, h, context, forward(params, y, h, context), d_logits);
  CHECK(check_gradient(loss, params.L_o, b.d_L_o));
  CHECK(check_gradient(loss, params.L_h, b.d_L_h));
  CHECK(check_gradient(loss, params.L_z, b.d_L_z));
  CHECK(check_gradient(loss, y, b.d_sum));
  CHECK(check_gradient(loss, h, b.d_h));
  CHECK(check_gradient(loss, context, b.d_context));
}

TEST_CASE("deep_output: everything is as PyTorch computes it", "[deep_output][reference]") {
  for (const Fixture& c : Fixture("deep_output")["cases"].items()) {
    INFO(c.path());
    const Params params{c["L_h"].mat(), c["L_z"].mat(), c["L_o"].mat()};
    const Vec h = c["h"].vec();
    const Vec context = c["context"].vec();
    const Forward f = forward(params, c["y"].vec(), h, context);
    CHECK(fields_close(f, c["forward"], 1e-12));
    CHECK(fields_close(backward(params, h, context, f, c["d_logits"].vec()), c["backward"], 1e-12));
  }
}

TEST_CASE("deep_output: errors name the tensor and what was expected", "[deep_output][errors]") {
  const Params params = random_params(4);
  const auto message = [&](const Vec& y, const Vec& h, const Vec& context) {
    return message_of<ShapeError>([&] { forward(params, y, h, context); });
  };
  CHECK(message(zeros(3), zeros(3), zeros(4)) ==
        "L_h has shape (3, 2), expected (3, 3), that is (dy, dh): it takes a state to the width of "
        "an embedding");
  CHECK(message(zeros(3), zeros(2), zeros(5)) ==
        "L_z has shape (3, 4), expected (3, 5), that is (dy, dv): it takes a context to the width "
        "of an embedding");
  CHECK(message(zeros(0), zeros(2), zeros(4)) == "y has shape (0): axis dy is empty");
  CHECK(message_of<ShapeError>([&] {
          forward({params.L_h, params.L_z, zeros(5, 2)}, zeros(3), zeros(2), zeros(4));
        }) ==
        "L_o has shape (5, 2), expected (5, 3), that is (V, dy): one column for each entry of an "
        "embedding");
  CHECK(message_of<ShapeError>([&] {
          const Forward f = forward(params, zeros(3), zeros(2), zeros(4));
          backward(params, zeros(2), zeros(4), f, zeros(3));
        }) == "d_logits has shape (3), expected (5), that is (V): the shape of the logits");
}

}  // namespace attn::deep_output
