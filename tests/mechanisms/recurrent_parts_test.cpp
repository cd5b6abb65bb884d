#include "attn/mechanisms/recurrent_parts.hpp"

#include <catch2/catch_test_macros.hpp>

#include "attn/core/shape_error.hpp"
#include "tests/support/close.hpp"
#include "tests/support/message.hpp"

namespace attn::recurrent {
using namespace attn::test;

namespace {
struct Step {
  Vec h;
};
}  // namespace

TEST_CASE("recurrent parts: results over time are rows", "[recurrent][law]") {
  CHECK(close(over_time(std::vector<Step>{{Vec{1.0, 2.0}}, {Vec{3.0, 4.0}}}, &Step::h),
              Mat{{1.0, 2.0}, {3.0, 4.0}}, 0.0));
}

TEST_CASE("recurrent parts: a state without entries is an error", "[recurrent][errors]") {
  CHECK(message_of<ShapeError>([] {
          expect_gate({"W", zeros(0, 2), "U", zeros(0, 0), "b", zeros(0)}, 0, 2);
        }) == "U has shape (0, 0): axis dh is empty");
}

}  // namespace attn::recurrent
