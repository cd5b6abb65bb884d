#include "attn/mechanisms/head_costs.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/close.hpp"

namespace attn::head_costs {
using namespace attn::test;

TEST_CASE("head_costs: multiplications counted by hand", "[head_costs][reference]") {
  // 2 heads of width 2 over 3 words of width 4, as in the chapter's default.
  const Shapes shapes{
      .Tq = 3, .Tk = 3, .heads = 2, .dk = 2, .dv = 2, .dq = 4, .dx_k = 4, .dx_v = 4, .dm = 4};
  const Count two = count(shapes);
  // 3 x 4 entries of 4 terms, four times; 2 x 3 x 3 scores of 2; 2 x 3 x 2 entries of 3.
  CHECK(close(two.multiplications, Vec{48, 48, 48, 36, 36, 48, 264}, 0));
  CHECK(two.exponentials == 18);
  CHECK(parts().size() == 7);
}

TEST_CASE("head_costs: all widths different", "[head_costs][reference]") {
  const Shapes shapes{
      .Tq = 2, .Tk = 3, .heads = 5, .dk = 7, .dv = 11, .dq = 13, .dx_k = 17, .dx_v = 19, .dm = 23};
  const Count c = count(shapes);
  CHECK(close(c.multiplications,
              Vec{2 * 13 * 35, 3 * 17 * 35, 3 * 19 * 55, 2 * 3 * 35, 2 * 3 * 55, 2 * 55 * 23,
                  910 + 1785 + 3135 + 210 + 330 + 2530},
              0));
  CHECK(c.exponentials == 30);
}

TEST_CASE("head_costs: eight heads of 64 cost what one of 512 costs, and eight of 512 eight times",
          "[head_costs][law]") {  // section 3.2.2 of the paper
  const Shapes paper{.Tq = 10,
                     .Tk = 10,
                     .heads = 8,
                     .dk = 64,
                     .dv = 64,
                     .dq = 512,
                     .dx_k = 512,
                     .dx_v = 512,
                     .dm = 512};
  const Count eight = count(paper);
  CHECK(close(count(one_wide_head(paper)).multiplications, eight.multiplications, 0));
  CHECK(close(count(wide_heads(paper)).multiplications, Vec(8.0 * eight.multiplications), 0));
  CHECK(count(one_wide_head(paper)).exponentials == 100);
  CHECK(eight.exponentials == 800);
}

}  // namespace attn::head_costs
