#include "attn/mechanisms/input_feeding.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/close.hpp"
#include "tests/support/message.hpp"
#include "tests/support/random.hpp"

namespace attn::input_feeding {
using namespace attn::test;

TEST_CASE("input_feeding: the word comes first, then the attentional state",
          "[input_feeding][law]") {
  CHECK(close(forward(Vec{1, 2}, Vec{3, 4, 5}).input, Vec{1, 2, 3, 4, 5}, 0.0));
}

TEST_CASE("input_feeding: gradients agree with central differences", "[input_feeding][gradient]") {
  Vec word = random_vec(2, 1);
  Vec attentional = random_vec(3, 2);
  const Vec d_input = random_vec(5, 3);
  const auto loss = [&] { return inner(forward(word, attentional).input, d_input); };
  const Backward b = backward(word, attentional, forward(word, attentional), d_input);
  CHECK(check_gradient(loss, word, b.d_word));
  CHECK(check_gradient(loss, attentional, b.d_fed));
}

TEST_CASE("input_feeding: errors name the tensor and what was expected",
          "[input_feeding][errors]") {
  CHECK(message_of<ShapeError>([] { forward(zeros(0), zeros(2)); }) ==
        "y has shape (0): axis dy is empty");
  CHECK(message_of<ShapeError>([] { forward(zeros(2), zeros(0)); }) ==
        "h~ has shape (0): axis dc is empty");
  CHECK(message_of<ShapeError>([] {
          backward(zeros(2), zeros(3), forward(zeros(2), zeros(3)), zeros(4));
        }) == "d_input has shape (4), expected (5), that is (dy+dc): the shape of the input");
}

}  // namespace attn::input_feeding
