#include "attn/mechanisms/past_keys.hpp"

#include <algorithm>

#include "attn/core/shape_error.hpp"

namespace attn::past_keys {

Mat joined(const Mat& past, const Mat& added) {
  expect_shape("past", shape_of(past), {rows(past), cols(added)}, "Tp,d", "as wide as what is new");
  Mat all(Mat::shape_type{rows(past) + rows(added), cols(added)});
  std::copy(added.begin(), added.end(), std::copy(past.begin(), past.end(), all.data()));
  return all;
}

Ten3 joined(const Ten3& past, const Ten3& added) {
  const std::size_t G = added.shape(0), Tp = past.shape(1), Tn = added.shape(1);
  const std::size_t d = added.shape(2);
  expect_shape("past", shape_of(past), {G, Tp, d}, "G,Tp,d", "of the same heads as what is new");
  Ten3 all(Ten3::shape_type{G, Tp + Tn, d});
  for (std::size_t g = 0; g < G; ++g) {
    double* to = all.data() + g * (Tp + Tn) * d;
    std::copy_n(past.data() + g * Tp * d, Tp * d, to);
    std::copy_n(added.data() + g * Tn * d, Tn * d, to + Tp * d);
  }
  return all;
}

Mat part(const Mat& all, std::size_t first, std::size_t n) {
  Mat some(Mat::shape_type{n, cols(all)});
  std::copy_n(all.data() + first * cols(all), n * cols(all), some.data());
  return some;
}

Ten3 part(const Ten3& all, std::size_t first, std::size_t n) {
  const std::size_t T = all.shape(1), d = all.shape(2);
  Ten3 some(Ten3::shape_type{all.shape(0), n, d});
  for (std::size_t g = 0; g < all.shape(0); ++g) {
    std::copy_n(all.data() + (g * T + first) * d, n * d, some.data() + g * n * d);
  }
  return some;
}

}  // namespace attn::past_keys
