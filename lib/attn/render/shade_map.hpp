/// Weights, waves and masks that are too many for numbers, drawn as a map of shades.
#pragma once

#include <string>
#include <vector>

#include "attn/render/tensor_view.hpp"

namespace attn::render {

/// The largest finite number, or 0.
double largest_of(const std::vector<double>& values);

/// One map for each slice of the last two axes, shaded from 0 to the largest weight: that of the
/// tensor, or of `room.scale`. Where weights are more than signs, a sign shows the largest (of a
/// mask and of waves: the mean) of those it stands for, and the block says so. Waves are shaded
/// from -1 to 1.
Block maps_block(const trace::Tensor& tensor, const Room& room);

/// A bar whose length is `share` (0 to 1) of `full` columns, to half a column.
std::string bar(double share, std::size_t full);

}  // namespace attn::render
