/// How wrong numbers may follow from right ones: where each is taken from, and what was done to it.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "attn/grading/diagnosis.hpp"

namespace attn::grading {

using Extents = std::vector<std::size_t>;

/// The cells of a tensor in another order, perhaps in another shape.
struct Rearranged {
  Extents shape;
  std::vector<std::size_t> from;  ///< for each cell, in row-major order, that whose number it has
};

struct Placement {
  std::string says;  ///< "rows and columns are exchanged"
  /// Nothing, if tensors of this shape cannot be rearranged in this way.
  std::function<std::optional<Rearranged>(const Extents& shape)> of;
};

/// What was done to each number.
struct Change {
  std::string says;  ///< "all numbers have the opposite sign"
  /// Of the number that belongs into a cell of an observation, what is there instead.
  std::function<double(std::size_t observation, std::size_t cell, double right)> of;
};

/// Transposed, reversed, moved along an axis, or flattened.
std::vector<Placement> placements();

/// Multiplied by one of a few constants, or moved by one; by a power of an extent, or by a number
/// of the case such as its scale, if these are not the same in all cases.
std::vector<Change> factors(std::span<const Observation> all);

/// Squares, roots, absolute values and the like.
std::vector<Change> functions();

/// Another tensor of the case in place of the right one.
std::vector<Change> replacements(std::span<const Observation> all);

/// Another tensor of the case added, subtracted, multiplied or divided by: a term or a factor that
/// is missing, or there twice.
std::vector<Change> other_terms(std::span<const Observation> all);

}  // namespace attn::grading
