/// Draws from a distribution over a few things, by the inverse of its cumulative sums.
#pragma once

#include <span>

#include "attn/core/tensor.hpp"

namespace attn {

/// c_ij = a_i1 + … + a_ij, along each row.
Mat cumulative_sums(const Mat& weights);

/// The first j with u < c_j, which is j with probability a_j for u uniform in [0, 1). Where
/// rounding left the last sum at or below u, it is the last j with a weight; n, the number of sums,
/// if no j has any.
std::size_t pick(std::span<const double> cumulative, double u);

}  // namespace attn
