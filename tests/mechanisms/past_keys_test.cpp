#include "attn/mechanisms/past_keys.hpp"

#include <catch2/catch_test_macros.hpp>

#include "attn/core/shape_error.hpp"
#include "tests/support/close.hpp"
#include "tests/support/message.hpp"
#include "tests/support/random.hpp"

namespace attn::past_keys {
using namespace attn::test;

TEST_CASE("past_keys: the new rows stand behind those of the past", "[past_keys][law]") {
  CHECK(close(joined(Mat{{1, 2}}, Mat{{3, 4}, {5, 6}}), Mat{{1, 2}, {3, 4}, {5, 6}}, 0.0));
  CHECK(close(joined(Ten3{{{1}}, {{2}}}, Ten3{{{3}, {4}}, {{5}, {6}}}),
              Ten3{{{1}, {3}, {4}}, {{2}, {5}, {6}}}, 0.0));
}

TEST_CASE("past_keys: each part is found again", "[past_keys][law]") {
  const Mat past = random_mat(2, 3, 1), added = random_mat(4, 3, 2);
  CHECK(close(part(joined(past, added), 0, 2), past, 0.0));
  CHECK(close(part(joined(past, added), 2, 4), added, 0.0));
  const Ten3 pasts = random_ten3(3, 2, 5, 3), news = random_ten3(3, 1, 5, 4);
  CHECK(close(part(joined(pasts, news), 0, 2), pasts, 0.0));
  CHECK(close(part(joined(pasts, news), 2, 1), news, 0.0));
}

TEST_CASE("past_keys: errors name the shape that was expected", "[past_keys][errors]") {
  CHECK(message_of<ShapeError>([] { joined(zeros(2, 3), zeros(2, 4)); }) ==
        "past has shape (2, 3), expected (2, 4), that is (Tp, d): as wide as what is new");
  CHECK(message_of<ShapeError>([] { joined(zeros(1, 2, 3), zeros(2, 2, 3)); }) ==
        "past has shape (1, 2, 3), expected (2, 2, 3), that is (G, Tp, d): of the same heads as "
        "what is new");
}

}  // namespace attn::past_keys
