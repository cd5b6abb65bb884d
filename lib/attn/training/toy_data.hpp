/// The well-known example of kernel regression in "Dive into Deep Learning": points about the curve
/// y = 2 sin x + x^0.8.
#pragma once

#include <cstdint>

#include "attn/core/tensor.hpp"

namespace attn::toy_data {

/// 2 sin x + x^0.8 for each x >= 0. \throws std::domain_error for a negative one.
Vec truth(const Vec& x);

struct Points {
  Vec x;  // (n), sorted
  Vec y;  // (n)
};

/// n points with x uniform on [0, 5) and y = truth(x) + noise * (standard normal).
///
/// From one generator: first every x, which are then sorted, then the noise in the order of the
/// sorted points. The x are the same on every platform; sine and power may differ in the last bits
/// of y between two mathematical libraries.
Points sample(std::size_t n, double noise, std::uint64_t seed);

}  // namespace attn::toy_data
