#include "attn/mechanisms/lstm.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/close.hpp"
#include "tests/support/message.hpp"
#include "tests/support/recurrent.hpp"

namespace attn::lstm {
using namespace attn::test;

TEST_CASE("lstm: with the forget gate open and the input gate shut the memory stays",
          "[lstm][law]") {
  Params params = random_lstm(2, 3, 1);
  params.b_f = zeros(3) + 1e4;
  params.b_i = zeros(3) - 1e4;
  const State start{random_vec(3, 5), random_vec(3, 6)};
  const auto f = recurrent::forward(params, random_mat(20, 2, 7), start);
  CHECK(close(f.last().c, start.c, 0.0));
}

TEST_CASE("lstm: gradients agree with central differences", "[lstm][gradient]") {
  Params params = random_lstm(2, 3, 20);
  Mat X = random_mat(4, 2, 30);
  State start{random_vec(3, 31), random_vec(3, 33)};
  const Mat d_states = random_mat(4, 3, 32);
  const State d_last{random_vec(3, 34), random_vec(3, 35)};
  const auto loss = [&] {
    const auto f = recurrent::forward(params, X, start);
    return inner(f.states(), d_states) + inner(f.last().h, d_last.h) + inner(f.last().c, d_last.c);
  };
  const auto f = recurrent::forward(params, X, start);
  const auto b = recurrent::backward(params, X, f, d_states, d_last);
  const auto& g = b.gradients;
  CHECK(check_gradient(loss, params.W_i, g.d_W_i));
  CHECK(check_gradient(loss, params.W_f, g.d_W_f));
  CHECK(check_gradient(loss, params.W_o, g.d_W_o));
  CHECK(check_gradient(loss, params.W_g, g.d_W_g));
  CHECK(check_gradient(loss, params.U_i, g.d_U_i));
  CHECK(check_gradient(loss, params.U_f, g.d_U_f));
  CHECK(check_gradient(loss, params.U_o, g.d_U_o));
  CHECK(check_gradient(loss, params.U_g, g.d_U_g));
  CHECK(check_gradient(loss, params.b_i, g.d_b_i));
  CHECK(check_gradient(loss, params.b_f, g.d_b_f));
  CHECK(check_gradient(loss, params.b_o, g.d_b_o));
  CHECK(check_gradient(loss, params.b_g, g.d_b_g));
  CHECK(check_gradient(loss, X, g.d_X));
  CHECK(check_gradient(loss, start.h, b.d_start.h));
  CHECK(check_gradient(loss, start.c, b.d_start.c));
}

TEST_CASE("lstm: everything is as PyTorch computes it", "[lstm][reference]") {
  for (const Fixture& c : Fixture("lstm")["cases"].items()) {
    INFO(c.path());
    CHECK(case_close(lstm_params(c), c, 1e-12));
  }
}

TEST_CASE("lstm: errors name the tensor and what was expected", "[lstm][errors]") {
  Params params = random_lstm(2, 3, 40);
  params.U_g = zeros(2, 2);
  CHECK(message_of<ShapeError>([&] { project(params, zeros(4, 2)); }) ==
        "U_g has shape (2, 2), expected (3, 3), that is (dh, dh): a state goes in, a state out");
  CHECK(message_of<ShapeError>([&] {
          step(params, {zeros(3), zeros(3), zeros(3), zeros(3)}, {zeros(3), {}});
        }) == "c has shape (0), expected (3), that is (dh): as long as the state");
}

}  // namespace attn::lstm
