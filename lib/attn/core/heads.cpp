#include "attn/core/heads.hpp"

#include <algorithm>
#include <limits>
#include <string>

#include "attn/core/shape_error.hpp"

namespace attn {

Ten3 split_heads(const Mat& x, std::size_t heads) {
  if (heads == 0 || cols(x) % heads != 0) {
    throw ShapeError("a width of " + std::to_string(cols(x)) + " cannot be split into " +
                     std::to_string(heads) + " heads of equal width");
  }
  const std::size_t T = rows(x), d = cols(x) / heads;
  Ten3 split(Ten3::shape_type{heads, T, d});
  for (std::size_t h = 0; h < heads; ++h) {
    for (std::size_t t = 0; t < T; ++t) {
      std::copy_n(x.data() + t * cols(x) + h * d, d, split.data() + (h * T + t) * d);
    }
  }
  return split;
}

Mat merge_heads(const Ten3& heads) {
  const std::size_t H = heads.shape(0), T = heads.shape(1), d = heads.shape(2);
  Mat merged(Mat::shape_type{T, H * d});
  for (std::size_t h = 0; h < H; ++h) {
    for (std::size_t t = 0; t < T; ++t) {
      std::copy_n(heads.data() + (h * T + t) * d, d, merged.data() + t * H * d + h * d);
    }
  }
  return merged;
}

Mat head(const Ten3& heads, std::size_t h) {
  if (h >= heads.shape(0)) {
    throw ShapeError("there are " + std::to_string(heads.shape(0)) + " heads, and so no head " +
                     std::to_string(h));
  }
  Mat one(Mat::shape_type{heads.shape(1), heads.shape(2)});
  std::copy_n(heads.data() + h * one.size(), one.size(), one.data());
  return one;
}

Ten3 apply_mask(const Ten3& scores, const Mask& mask) {
  expect_shape("mask", shape_of(mask), {scores.shape(1), scores.shape(2)}, "Tq,Tk",
               "the shape of each head's scores");
  Ten3 masked = scores;
  for (std::size_t h = 0; h < scores.shape(0); ++h) {
    double* entries = masked.data() + h * mask.size();
    for (std::size_t i = 0; i < mask.size(); ++i) {
      if (!mask.data()[i]) entries[i] = -std::numeric_limits<double>::infinity();
    }
  }
  return masked;
}

}  // namespace attn
