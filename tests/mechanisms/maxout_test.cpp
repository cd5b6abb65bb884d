#include "attn/mechanisms/maxout.hpp"

#include <catch2/catch_test_macros.hpp>

#include "attn/core/vectors.hpp"
#include "tests/support/close.hpp"
#include "tests/support/message.hpp"
#include "tests/support/random.hpp"

namespace attn::maxout {
using namespace attn::test;

namespace {

// ds = 2, dy = 4, dc = 5, dt = 6
Params random_params(std::uint64_t seed) {
  return {random_mat(6, 2, seed), random_mat(6, 4, seed + 1), random_mat(6, 5, seed + 2),
          random_vec(6, seed + 3)};
}

Params zero_params(std::size_t dt) { return {zeros(dt, 2), zeros(dt, 4), zeros(dt, 5), zeros(dt)}; }

}  // namespace

TEST_CASE("maxout: of each pair the larger goes on", "[maxout][law]") {
  Params params = zero_params(6);
  params.b_t = Vec{1.0, 2.0, 4.0, 3.0, -6.0, -5.0};
  const Forward f = forward(params, zeros(2), zeros(4), zeros(5));
  CHECK(close(f.t_tilde, params.b_t, 0.0));
  CHECK(close(f.t, Vec{2.0, 4.0, -5.0}, 0.0));
}

TEST_CASE("maxout: only the larger of a pair gets something back, of two equals the first",
          "[maxout][law]") {
  const Params params = zero_params(6);
  const Inputs inputs{zeros(2, 2), zeros(2, 4), zeros(2, 5)};
  const Mat t_tilde{{1.0, 2.0, 4.0, 3.0, 5.0, 5.0}, {2.0, 1.0, 3.0, 4.0, -1.0, -1.0}};
  const Backward b = backward(params, inputs, t_tilde, Mat{{1.0, 2.0, 3.0}, {4.0, 5.0, 6.0}});
  CHECK(
      close(b.d_t_tilde, Mat{{0.0, 1.0, 2.0, 0.0, 3.0, 0.0}, {4.0, 0.0, 0.0, 5.0, 6.0, 0.0}}, 0.0));
}

TEST_CASE("maxout: gradients agree with central differences", "[maxout][gradient]") {
  Params params = random_params(1);
  Inputs inputs{random_mat(3, 2, 5), random_mat(3, 4, 6), random_mat(3, 5, 7)};
  const Mat d_t = random_mat(3, 3, 8);
  const auto step = [&](std::size_t i) {
    return forward(params, row(inputs.states, i), row(inputs.embeddings, i),
                   row(inputs.contexts, i));
  };
  const auto loss = [&] {
    double sum = 0.0;
    for (std::size_t i = 0; i < 3; ++i) sum += inner(step(i).t, row(d_t, i));
    return sum;
  };
  const Mat t_tilde = stacked({step(0).t_tilde, step(1).t_tilde, step(2).t_tilde});
  const Backward b = backward(params, inputs, t_tilde, d_t);
  CHECK(check_gradient(loss, params.U_o, b.d_U_o));
  CHECK(check_gradient(loss, params.V_o, b.d_V_o));
  CHECK(check_gradient(loss, params.C_o, b.d_C_o));
  CHECK(check_gradient(loss, params.b_t, b.d_b_t));
  CHECK(check_gradient(loss, inputs.states, b.d_states));
  CHECK(check_gradient(loss, inputs.embeddings, b.d_embeddings));
  CHECK(check_gradient(loss, inputs.contexts, b.d_contexts));
}

TEST_CASE("maxout: everything is as PyTorch computes it", "[maxout][reference]") {
  for (const Fixture& c : Fixture("maxout")["cases"].items()) {
    INFO(c.path());
    const Params params{c["U_o"].mat(), c["V_o"].mat(), c["C_o"].mat(), c["b_t"].vec()};
    const Inputs inputs{c["states"].mat(), c["embeddings"].mat(), c["contexts"].mat()};
    const Mat t_tilde = c["forward"]["t_tilde"].mat();
    for (std::size_t i = 0; i < rows(t_tilde); ++i) {
      const Forward f = forward(params, row(inputs.states, i), row(inputs.embeddings, i),
                                row(inputs.contexts, i));
      CHECK(close(f.t_tilde, row(t_tilde, i), 1e-12));
      CHECK(close(f.t, row(c["forward"]["t"].mat(), i), 1e-12));
    }
    CHECK(fields_close(backward(params, inputs, t_tilde, c["d_t"].mat()), c["backward"], 1e-12));
  }
}

TEST_CASE("maxout: errors name the tensor and what was expected", "[maxout][errors]") {
  const Params params = random_params(9);
  CHECK(message_of<ShapeError>([&] { forward(zero_params(5), zeros(2), zeros(4), zeros(5)); }) ==
        "U_o has shape (5, 2): maxout takes pairs of units, so their number dt must be even");
  CHECK(message_of<ShapeError>([&] { forward(zero_params(0), zeros(2), zeros(4), zeros(5)); }) ==
        "U_o has shape (0, 2): axis dt is empty");
  CHECK(message_of<ShapeError>([&] { forward(params, zeros(3), zeros(4), zeros(5)); }) ==
        "U_o has shape (6, 2), expected (6, 3), that is (dt, ds): one column for each entry of the "
        "state");
  CHECK(message_of<ShapeError>([&] { forward(params, zeros(2), zeros(3), zeros(5)); }) ==
        "V_o has shape (6, 4), expected (6, 3), that is (dt, dy): as many rows as U_o, and one "
        "column for each entry of the embedding");
  CHECK(message_of<ShapeError>([&] { forward(params, zeros(2), zeros(4), zeros(4)); }) ==
        "C_o has shape (6, 5), expected (6, 4), that is (dt, dc): as many rows as U_o, and one "
        "column for each entry of the context");
  const Inputs inputs{zeros(2, 2), zeros(2, 4), zeros(2, 5)};
  CHECK(message_of<ShapeError>([&] { backward(params, inputs, zeros(2, 6), zeros(2, 2)); }) ==
        "d_t has shape (2, 2), expected (2, 3), that is (T, l): one row for each step");
  CHECK(message_of<ShapeError>([&] { backward(params, inputs, zeros(3, 6), zeros(2, 3)); }) ==
        "t_tilde has shape (3, 6), expected (2, 6), that is (T, dt): one row for each step");
}

}  // namespace attn::maxout
