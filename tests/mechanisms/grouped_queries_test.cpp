#include "attn/mechanisms/grouped_queries.hpp"

#include <catch2/catch_test_macros.hpp>

#include "attn/core/shape_error.hpp"
#include "tests/support/close.hpp"
#include "tests/support/message.hpp"

namespace attn::grouped_queries {
using namespace attn::test;

TEST_CASE("grouped_queries: query heads that stand side by side share a key head",
          "[grouped_queries][law]") {
  CHECK(close(groups(4, 2), Vec{0, 0, 1, 1}, 0.0));
  CHECK(close(groups(6, 3), Vec{0, 0, 1, 1, 2, 2}, 0.0));
  CHECK(close(groups(3, 1), Vec{0, 0, 0}, 0.0));
  CHECK(close(groups(3, 3), Vec{0, 1, 2}, 0.0));
}

TEST_CASE("grouped_queries: a key head gets what all its query heads send back",
          "[grouped_queries][law]") {
  const Ten3 d{{{1, 2}}, {{3, 4}}, {{10, 20}}, {{30, 40}}};
  CHECK(close(sum_over_groups(d, 2), Ten3{{{4, 6}}, {{40, 60}}}, 0.0));
  CHECK(close(sum_over_groups(d, 1), Ten3{{{44, 66}}}, 0.0));
  CHECK(close(sum_over_groups(d, 4), d, 0.0));
}

TEST_CASE("grouped_queries: heads that cannot share evenly are an error",
          "[grouped_queries][errors]") {
  CHECK(message_of<ShapeError>([] { groups(4, 3); }) ==
        "4 query heads cannot share 3 key heads evenly");
  CHECK(message_of<ShapeError>([] { group_of(0, 4, 0); }) ==
        "4 query heads cannot share 0 key heads evenly");
}

}  // namespace attn::grouped_queries
