#include "attn/core/tensor.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <list>

using namespace attn;

TEST_CASE("tensor: memory begins at a multiple of 64 bytes, so that sums round alike everywhere",
          "[tensor][law]") {
  std::list<Mat> kept;  // so that each lies somewhere else
  for (std::size_t n = 1; n < 40; ++n) {
    kept.push_back(zeros(n, 3));
    const Mat doubled = 2.0 * kept.back();
    CHECK(reinterpret_cast<std::uintptr_t>(kept.back().data()) % 64 == 0);
    CHECK(reinterpret_cast<std::uintptr_t>(doubled.data()) % 64 == 0);
  }
}

TEST_CASE("tensor: zeros have the extents that were asked for", "[tensor][law]") {
  CHECK(shape_of(zeros(2)) == Shape{2});
  CHECK(shape_of(zeros(2, 3)) == Shape{2, 3});
  CHECK(shape_of(zeros(2, 3, 4)) == Shape{2, 3, 4});
  CHECK(rows(zeros(2, 3)) == 2);
  CHECK(cols(zeros(2, 3)) == 3);
  CHECK(zeros(2, 3)(1, 2) == 0.0);
}
