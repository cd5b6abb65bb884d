#include "attn/mechanisms/mask.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/close.hpp"
#include "tests/support/message.hpp"

namespace attn::mask {
using namespace attn::test;

namespace {
constexpr bool T = true, F = false;
}

TEST_CASE("mask: full lets every query see every key", "[mask][law]") {
  CHECK(close(full(2, 3), Mask{{T, T, T}, {T, T, T}}, 0.0));
}

TEST_CASE("mask: causal lets query i see the keys up to i", "[mask][law]") {
  CHECK(close(causal(3, 3), Mask{{T, F, F}, {T, T, F}, {T, T, T}}, 0.0));
  CHECK(close(causal(2, 4), Mask{{T, F, F, F}, {T, T, F, F}}, 0.0));
  CHECK(close(causal(4, 2), Mask{{T, F}, {T, T}, {T, T}, {T, T}}, 0.0));
}

TEST_CASE("mask: with an offset of n query i sees the keys up to i + n", "[mask][law]") {
  CHECK(close(causal(3, 4, 1), Mask{{T, T, F, F}, {T, T, T, F}, {T, T, T, T}}, 0.0));
  CHECK(close(causal(3, 4, -1), Mask{{F, F, F, F}, {T, F, F, F}, {T, T, F, F}}, 0.0));
  CHECK(close(causal(2, 3, 0), causal(2, 3), 0.0));
  CHECK(close(causal(2, 3, 100), full(2, 3), 0.0));
  CHECK(close(causal(2, 3, -100), Mask{{F, F, F}, {F, F, F}}, 0.0));
}

TEST_CASE("mask: aligned at the bottom right the last query sees the last key, and no more",
          "[mask][law]") {
  CHECK(close(causal(2, 4, bottom_right(2, 4)), Mask{{T, T, T, F}, {T, T, T, T}}, 0.0));
  CHECK(close(causal(4, 2, bottom_right(4, 2)), Mask{{F, F}, {F, F}, {T, F}, {T, T}}, 0.0));
  CHECK(bottom_right(3, 3) == 0);
}

TEST_CASE("mask: valid lengths let query i see the first lengths[i] keys", "[mask][law]") {
  CHECK(close(valid_lengths({2, 0, 3}, 3, 3), Mask{{T, T, F}, {F, F, F}, {T, T, T}}, 0.0));
}

TEST_CASE("mask: a single valid length holds for all queries", "[mask][law]") {
  CHECK(close(valid_lengths({1}, 2, 3), Mask{{T, F, F}, {T, F, F}}, 0.0));
  CHECK(close(valid_lengths({3}, 2, 3), full(2, 3), 0.0));
}

TEST_CASE("mask: both allows what each of two masks allows", "[mask][law]") {
  CHECK(close(both(Mask{{T, T, F, F}}, Mask{{T, F, T, F}}), Mask{{T, F, F, F}}, 0.0));
}

TEST_CASE("mask: leave one out hides the diagonal", "[mask][law]") {
  CHECK(close(leave_one_out(3), Mask{{F, T, T}, {T, F, T}, {T, T, F}}, 0.0));
  CHECK(close(leave_one_out(1), Mask{{F}}, 0.0));
}

TEST_CASE("mask: errors say what was found and what was expected", "[mask][errors]") {
  CHECK(message_of<ShapeError>([] {
          valid_lengths({1, 2}, 3, 4);
        }) ==
        "valid lengths: found 2, expected one for each of the 3 queries, or a single one for all");
  CHECK(message_of<ShapeError>([] { valid_lengths({}, 3, 4); }) ==
        "valid lengths: found 0, expected one for each of the 3 queries, or a single one for all");
  CHECK(message_of<ShapeError>([] {
          valid_lengths({1, 5, 2}, 3, 4);
        }) == "valid length 5 is beyond the last of the 4 keys");
  CHECK(message_of<ShapeError>([] { both(full(2, 3), full(3, 2)); }) ==
        "mask has shape (3, 2), expected (2, 3), that is (Tq, Tk): the shape of the other mask");
}

}  // namespace attn::mask
