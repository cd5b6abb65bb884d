/// What a mechanism throws when its arguments do not fit together.
#pragma once

#include <stdexcept>
#include <string_view>

#include "attn/core/tensor.hpp"

namespace attn {

/// Names the tensor, its shape, and the shape expected.
class ShapeError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

/// "(2, 3)"
std::string to_string(const Shape& shape);

/// Where the entry with row-major number `index` stands: 4 is (1, 1) in a tensor of shape (2, 3).
Shape cell_of(std::size_t index, const Shape& shape);

/// \throws ShapeError "NAME has shape (2, 3), expected (2, 4), that is (Tq, dk): WHY";
/// without the axes if these are "".
void expect_shape(std::string_view name, const Shape& found, const Shape& expected,
                  std::string_view axes, std::string_view why);

/// \throws ShapeError "NAME has shape (0, 3): axis Tq is empty" if any axis has extent 0.
/// `axes` names them, comma-separated: "Tq,dk".
void expect_nonempty(std::string_view name, const Shape& found, std::string_view axes);

}  // namespace attn
