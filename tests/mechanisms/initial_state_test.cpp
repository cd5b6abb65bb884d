#include "attn/mechanisms/initial_state.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>

#include "tests/support/close.hpp"
#include "tests/support/message.hpp"
#include "tests/support/random.hpp"

namespace attn::initial_state {
using namespace attn::test;

TEST_CASE("initial state: s_0 stays within -1 and 1, however large the state before",
          "[initial_state][law]") {
  const Forward f = forward({Mat{{1.0}, {-1.0}, {0.0}}, zeros(3)}, Vec{1e4});
  CHECK(close(f.s_0, Vec{1.0, -1.0, 0.0}, 0.0));
}

TEST_CASE("initial state: one unit is tanh(w h + b)", "[initial_state][reference]") {
  CHECK(close(forward({Mat{{2.0, -1.0}}, Vec{0.5}}, Vec{0.25, 1.5}).s_0, Vec{std::tanh(-0.5)},
              1e-15));
}

TEST_CASE("initial state: gradients agree with central differences", "[initial_state][gradient]") {
  Params params{random_mat(3, 2, 1), random_vec(3, 2)};
  Vec h = random_vec(2, 3);
  const Vec d_s_0 = random_vec(3, 4);
  const auto loss = [&] { return inner(forward(params, h).s_0, d_s_0); };
  const Backward b = backward(params, h, forward(params, h), d_s_0);
  CHECK(check_gradient(loss, params.W_s, b.d_W_s));
  CHECK(check_gradient(loss, params.b_s, b.d_b_s));
  CHECK(check_gradient(loss, h, b.d_h));
}

TEST_CASE("initial state: errors name the tensor and what was expected",
          "[initial_state][errors]") {
  const Params params{random_mat(3, 2, 1), random_vec(3, 2)};
  CHECK(message_of<ShapeError>([&] { forward(params, zeros(3)); }) ==
        "W_s has shape (3, 2), expected (3, 3), that is (ds, dh): one column for each entry of "
        "what is handed over");
  CHECK(message_of<ShapeError>([&] {
          forward({params.W_s, zeros(1)}, zeros(2));
        }) == "b_s has shape (1), expected (3), that is (ds): one entry for each row of W_s");
  CHECK(message_of<ShapeError>([&] {
          backward(params, zeros(2), forward(params, zeros(2)), zeros(2));
        }) == "d_s_0 has shape (2), expected (3), that is (ds): the shape of s_0");
}

}  // namespace attn::initial_state
