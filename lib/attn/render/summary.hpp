/// What can be said of a tensor that is too large to read.
#pragma once

#include <cstddef>
#include <span>

#include "attn/render/tensor_view.hpp"

namespace attn::render {

/// Over the finite numbers; the others are counted.
struct Statistics {
  std::size_t finite = 0, nan = 0, infinite = 0, minus_infinite = 0;
  double min = 0.0, max = 0.0, mean = 0.0;
  double norm = 0.0;  ///< the root of the sum of squares
};
Statistics statistics(std::span<const double> values);

/// Statistics, the numbers at the corners, and how to get the tensor whole.
Block summary_block(const trace::Tensor& tensor, const Room& room);

/// Whether one of the numbers that the summary shows is rounding: see number.hpp.
bool summary_has_noise(const trace::Tensor& tensor);

/// How to get a tensor that is not shown whole.
Line whole_hint(const trace::Tensor& tensor);

}  // namespace attn::render
