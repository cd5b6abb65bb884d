/// Sizes, checked before anything is allocated.
#pragma once

#include <optional>
#include <span>

#include "attn/core/tensor.hpp"
#include "attn/io/schema.hpp"

namespace attn::io {

/// The product of the extents, or nothing if it is more than `limit`. Never overflows.
inline std::optional<std::size_t> bounded_product(std::span<const std::size_t> shape,
                                                  std::size_t limit = max_entries) {
  std::size_t product = 1;
  for (const std::size_t extent : shape) {
    if (extent == 0) return 0;
  }
  for (const std::size_t extent : shape) {
    if (product > limit / extent) return std::nullopt;
    product *= extent;
  }
  return product;
}

}  // namespace attn::io
