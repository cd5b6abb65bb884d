#include "attn/mechanisms/key_value_cache.hpp"

#include <algorithm>

#include "attn/core/shape_error.hpp"

namespace attn::key_value_cache {
namespace {

// step: k, v
Mat below(const Mat& before, const Mat& added, std::string_view axes) {
  expect_shape("added", shape_of(added), {rows(added), cols(before)}, axes,
               "as wide as what is cached");
  Mat both(Mat::shape_type{rows(before) + rows(added), cols(before)});
  std::copy(added.begin(), added.end(), std::copy(before.begin(), before.end(), both.data()));
  return both;
}

// step: k_heads, v_heads
Ten3 below(const Ten3& before, const Ten3& added, std::string_view axes) {
  const std::size_t H = before.shape(0), t = before.shape(1), n = added.shape(1);
  const std::size_t d = before.shape(2);
  expect_shape("added", shape_of(added), {H, n, d}, axes, "of the same heads as what is cached");
  Ten3 both(Ten3::shape_type{H, t + n, d});
  for (std::size_t h = 0; h < H; ++h) {
    double* to = both.data() + h * (t + n) * d;
    std::copy_n(before.data() + h * t * d, t * d, to);
    std::copy_n(added.data() + h * n * d, n * d, to + t * d);
  }
  return both;
}

}  // namespace

Forward appended(const multi_head::Projected& before, const multi_head::Projected& added) {
  if (before.k.size() == 0) return {added};
  Forward f;
  f.k = below(before.k, added.k, "Tk,Hdk");
  f.v = below(before.v, added.v, "Tk,Hdv");
  f.k_heads = below(before.k_heads, added.k_heads, "H,Tk,dk");
  f.v_heads = below(before.v_heads, added.v_heads, "H,Tk,dv");
  return f;
}

}  // namespace attn::key_value_cache
