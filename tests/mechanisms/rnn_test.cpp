#include "attn/mechanisms/rnn.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>

#include "tests/support/close.hpp"
#include "tests/support/message.hpp"
#include "tests/support/recurrent.hpp"

namespace attn::rnn {
using namespace attn::test;

TEST_CASE("rnn: one unit is tanh(w x + u h + b)", "[rnn][reference]") {
  const Params params{Mat{{2.0}}, Mat{{-0.5}}, Vec{0.25}};
  const recurrent::Sequence<Params> f =
      recurrent::forward(params, Mat{{0.5}, {-1.0}}, State{Vec{1.0}});
  const double first = std::tanh(2.0 * 0.5 + 0.25 - 0.5);
  CHECK(close(f.states(), Mat{{first}, {std::tanh(-2.0 + 0.25 - 0.5 * first)}}, 1e-15));
}

TEST_CASE("rnn: a state depends on the past alone", "[rnn][law]") {
  const Params params = random_rnn(2, 3, 1);
  Mat X = random_mat(5, 2, 9);
  const Mat before = recurrent::forward(params, X, recurrent::zero_state(params)).states();
  X(3, 1) += 1.0;
  const Mat after = recurrent::forward(params, X, recurrent::zero_state(params)).states();
  for (std::size_t t = 0; t < 5; ++t) {
    CAPTURE(t);
    CHECK(static_cast<bool>(close(row(before, t), row(after, t), 0.0)) == (t < 3));
  }
}

TEST_CASE("rnn: gradients agree with central differences", "[rnn][gradient]") {
  Params params = random_rnn(2, 3, 20);
  Mat X = random_mat(4, 2, 30);
  State start{random_vec(3, 31)};
  const Mat d_states = random_mat(4, 3, 32);
  const auto loss = [&] { return inner(recurrent::forward(params, X, start).states(), d_states); };
  const auto f = recurrent::forward(params, X, start);
  const auto b = recurrent::backward(params, X, f, d_states);
  CHECK(check_gradient(loss, params.W, b.gradients.d_W));
  CHECK(check_gradient(loss, params.U, b.gradients.d_U));
  CHECK(check_gradient(loss, params.b, b.gradients.d_b));
  CHECK(check_gradient(loss, X, b.gradients.d_X));
  CHECK(check_gradient(loss, start.h, b.d_start.h));
}

TEST_CASE("rnn: everything is as PyTorch computes it", "[rnn][reference]") {
  for (const Fixture& c : Fixture("rnn")["cases"].items()) {
    INFO(c.path());
    CHECK(case_close(rnn_params(c), c, 1e-12));
  }
}

TEST_CASE("rnn: errors name the tensor and what was expected", "[rnn][errors]") {
  const Params params = random_rnn(2, 3, 40);
  CHECK(message_of<ShapeError>([&] { project(params, zeros(4, 5)); }) ==
        "W has shape (3, 2), expected (3, 5), that is (dh, dx): one row for each entry of the "
        "state, one column for each of the input");
  CHECK(message_of<ShapeError>([&] {
          project({params.W, zeros(3, 2), params.b}, zeros(4, 2));
        }) ==
        "U has shape (3, 2), expected (3, 3), that is (dh, dh): a state goes in, a state out");
  CHECK(message_of<ShapeError>([&] {
          project({params.W, params.U, zeros(1)}, zeros(4, 2));
        }) == "b has shape (1), expected (3), that is (dh): one entry for each of the state");
  CHECK(message_of<ShapeError>([&] { project(params, zeros(0, 2)); }) ==
        "X has shape (0, 2): axis T is empty");
  CHECK(message_of<ShapeError>([&] { step(params, {zeros(3)}, {zeros(1)}); }) ==
        "h has shape (1), expected (3), that is (dh): as long as the state");
}

}  // namespace attn::rnn
