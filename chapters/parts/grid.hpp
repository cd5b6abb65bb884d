/// Numbers that belong to the locations of an image, shown as its grid.
#pragma once

#include "attn/trace/build.hpp"

namespace attn::chapters {

/// Adds a vector (L) to the open step as a tensor (rows, columns), row by row. `field.axes` is not
/// looked at.
inline void show_grid(trace::Builder& trace, Field field, const Vec& numbers, std::size_t rows,
                      std::size_t columns, const std::string& prefix = "") {
  Mat grid = zeros(rows, columns);
  std::copy(numbers.begin(), numbers.end(), grid.begin());
  field.axes = "rows,columns";
  trace.tensor(field, grid, prefix);
}

}  // namespace attn::chapters
