#include "attn/mechanisms/key_value_cache.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/close.hpp"
#include "tests/support/message.hpp"
#include "tests/support/transformer_decoder.hpp"

namespace attn::key_value_cache {
using namespace attn::test;

namespace {

Mat rows_of(const Mat& x, std::size_t first, std::size_t last) {
  Mat part(Mat::shape_type{last - first, cols(x)});
  for (std::size_t i = first; i < last; ++i) {
    for (std::size_t d = 0; d < cols(x); ++d) part(i - first, d) = x(i, d);
  }
  return part;
}

}  // namespace

TEST_CASE("key value cache: what was projected in parts is what is projected at once",
          "[key_value_cache][law]") {
  const multi_head::Params params = random_self_heads(3, 6, 1);
  const Mat x = random_mat(5, 6, 2);
  const multi_head::Projected whole = multi_head::project(params, x, x);
  multi_head::Projected cache;
  for (const auto& [first, last] : {std::pair{0, 1}, {1, 4}, {4, 5}}) {
    const Mat part = rows_of(x, static_cast<std::size_t>(first), static_cast<std::size_t>(last));
    cache = appended(cache, multi_head::project(params, part, part));
  }
  CHECK(close(cache.k, whole.k, 1e-14));
  CHECK(close(cache.v, whole.v, 1e-14));
  CHECK(close(cache.k_heads, whole.k_heads, 1e-14));
  CHECK(close(cache.v_heads, whole.v_heads, 1e-14));
}

TEST_CASE("key value cache: rows keep their order, in every head", "[key_value_cache][reference]") {
  // 2 heads of width 1: k_heads[h][t] = k[t][h].
  const multi_head::Projected before{Mat{{1, 2}}, Mat{{3, 4}}, Ten3{{{1}}, {{2}}},
                                     Ten3{{{3}}, {{4}}}};
  const multi_head::Projected added{Mat{{5, 6}}, Mat{{7, 8}}, Ten3{{{5}}, {{6}}},
                                    Ten3{{{7}}, {{8}}}};
  const multi_head::Projected both = appended(before, added);
  CHECK(close(both.k, Mat{{1, 2}, {5, 6}}, 0.0));
  CHECK(close(both.v, Mat{{3, 4}, {7, 8}}, 0.0));
  CHECK(close(both.k_heads, Ten3{{{1}, {5}}, {{2}, {6}}}, 0.0));
  CHECK(close(both.v_heads, Ten3{{{3}, {7}}, {{4}, {8}}}, 0.0));
}

TEST_CASE("key value cache: keys of another width or of other heads are refused",
          "[key_value_cache][errors]") {
  const Mat x = random_mat(1, 6, 3);
  const multi_head::Projected three = multi_head::project(random_self_heads(3, 6, 1), x, x);
  const multi_head::Projected two = multi_head::project(random_self_heads(2, 6, 1), x, x);
  CHECK(message_of<ShapeError>([&] { appended(three, two); }) ==
        "added has shape (2, 1, 3), expected (3, 1, 2), that is (H, Tk, dk): of the same heads as "
        "what is cached");
  const Mat y = random_mat(1, 4, 3);
  const multi_head::Projected narrow = multi_head::project(random_self_heads(2, 4, 1), y, y);
  CHECK(message_of<ShapeError>([&] { appended(two, narrow); }) ==
        "added has shape (1, 4), expected (1, 6), that is (Tk, Hdk): as wide as what is cached");
}

}  // namespace attn::key_value_cache
