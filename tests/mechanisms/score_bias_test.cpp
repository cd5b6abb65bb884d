#include "attn/mechanisms/score_bias.hpp"

#include <catch2/catch_test_macros.hpp>
#include <limits>

#include "attn/core/shape_error.hpp"
#include "tests/support/close.hpp"
#include "tests/support/message.hpp"

namespace attn::score_bias {
using namespace attn::test;

constexpr double inf = std::numeric_limits<double>::infinity();

TEST_CASE("score_bias: it is added, and -inf hides the key", "[score_bias][law]") {
  CHECK(close(forward(Mat{{1, 2}, {3, 4}}, Mat{{0.5, -inf}, {-1, 0}}), Mat{{1.5, -inf}, {2, 4}},
              0.0));
}

TEST_CASE("score_bias: errors name the shape that was expected", "[score_bias][errors]") {
  CHECK(message_of<ShapeError>([] { forward(zeros(2, 3), zeros(3, 2)); }) ==
        "bias has shape (3, 2), expected (2, 3), that is (Tq, Tk): one entry for each score");
}

}  // namespace attn::score_bias
