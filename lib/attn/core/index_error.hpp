/// What a tensor says of an index beyond its end, and of another that does not fit it.
#pragma once

#include <cstddef>

namespace attn {

/// "index (3, 0) in a tensor of shape (3, 4): …" What was counted down below 0 is shown as
/// negative. \throws ShapeError always
[[noreturn]] void throw_index_error(const std::size_t* index, const std::size_t* shape,
                                    std::size_t axes);

/// "tensors of shapes (3, 4) and (4, 3) cannot be added or multiplied entry by entry"
/// \throws ShapeError always
[[noreturn]] void throw_unfit_shapes(const std::size_t* a, std::size_t a_axes, const std::size_t* b,
                                     std::size_t b_axes);

}  // namespace attn
