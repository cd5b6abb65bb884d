#include "attn/mechanisms/gru.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/close.hpp"
#include "tests/support/message.hpp"
#include "tests/support/recurrent.hpp"

namespace attn::gru {
using namespace attn::test;

namespace {

/// A step from zero inputs, but for one gate that is forced open or shut.
Forward with_gates(Params params, double z, double r) {
  const std::size_t dh = rows(params.U);
  const Vec h = random_vec(dh, 5);
  params.U_z = zeros(dh, dh);
  params.U_r = zeros(dh, dh);
  return step(params, {Vec(zeros(dh) + z), Vec(zeros(dh) + r), random_vec(dh, 6)}, {h});
}

}  // namespace

TEST_CASE("gru: z shut keeps the state or takes the candidate, as the convention says",
          "[gru][law]") {
  Params params = random_gru(2, 3, 1);
  const Vec h = random_vec(3, 5);
  params.update = Update::takes_new;
  CHECK(close(with_gates(params, -1e4, 0.0).h, h, 0.0));
  const Forward open = with_gates(params, 1e4, 0.0);
  CHECK(close(open.h, open.candidate, 0.0));
  params.update = Update::keeps_old;
  const Forward shut = with_gates(params, -1e4, 0.0);
  CHECK(close(shut.h, shut.candidate, 0.0));
  CHECK(close(with_gates(params, 1e4, 0.0).h, h, 0.0));
}

TEST_CASE("gru: with r open, reset before and after are the same", "[gru][law]") {
  Params params = random_gru(2, 3, 1);
  params.reset = Reset::before;
  const Forward before = with_gates(params, 0.3, 1e4);
  params.reset = Reset::after;
  CHECK(close(with_gates(params, 0.3, 1e4).h, before.h, 1e-15));
  CHECK_FALSE(close(with_gates(params, 0.3, 0.0).h, before.h, 1e-3));
}

TEST_CASE("gru: gradients agree with central differences in every convention", "[gru][gradient]") {
  for (const Reset reset : {Reset::before, Reset::after}) {
    for (const Update update : {Update::takes_new, Update::keeps_old}) {
      Params params = random_gru(2, 3, 20);
      params.reset = reset;
      params.update = update;
      Mat X = random_mat(4, 2, 30);
      State start{random_vec(3, 31)};
      const Mat d_states = random_mat(4, 3, 32);
      const auto loss = [&] {
        return inner(recurrent::forward(params, X, start).states(), d_states);
      };
      const auto f = recurrent::forward(params, X, start);
      const auto b = recurrent::backward(params, X, f, d_states);
      CHECK(check_gradient(loss, params.W_z, b.gradients.d_W_z));
      CHECK(check_gradient(loss, params.W_r, b.gradients.d_W_r));
      CHECK(check_gradient(loss, params.W, b.gradients.d_W));
      CHECK(check_gradient(loss, params.U_z, b.gradients.d_U_z));
      CHECK(check_gradient(loss, params.U_r, b.gradients.d_U_r));
      CHECK(check_gradient(loss, params.U, b.gradients.d_U));
      CHECK(check_gradient(loss, params.b_z, b.gradients.d_b_z));
      CHECK(check_gradient(loss, params.b_r, b.gradients.d_b_r));
      CHECK(check_gradient(loss, params.b, b.gradients.d_b));
      CHECK(check_gradient(loss, params.b_u, b.gradients.d_b_u));
      CHECK(check_gradient(loss, X, b.gradients.d_X));
      CHECK(check_gradient(loss, start.h, b.d_start.h));
    }
  }
}

TEST_CASE("gru: everything is as PyTorch computes it, in every convention", "[gru][reference]") {
  for (const Fixture& c : Fixture("gru")["cases"].items()) {
    INFO(c.path());
    CHECK(case_close(gru_params(c), c, 1e-12));
  }
}

TEST_CASE("gru: errors name the tensor and what was expected", "[gru][errors]") {
  Params params = random_gru(2, 3, 40);
  params.W_r = zeros(3, 4);
  CHECK(message_of<ShapeError>([&] { project(params, zeros(4, 2)); }) ==
        "W_r has shape (3, 4), expected (3, 2), that is (dh, dx): one row for each entry of the "
        "state, one column for each of the input");
  params.b_u = zeros(1);
  CHECK(message_of<ShapeError>([&] {
          step(params, {zeros(3), zeros(3), zeros(3)}, {zeros(3)});
        }) == "b_u has shape (1), expected (3), that is (dh): as long as the state");
  CHECK(message_of<ShapeError>([&] {
          step(params, {zeros(3), zeros(1), zeros(3)}, {zeros(3)});
        }) == "x_r has shape (1), expected (3), that is (dh): as long as the state");
}

}  // namespace attn::gru
