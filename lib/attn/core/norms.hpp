/// Sums of squares, and what is made of them, for numbers of any size: no square on the way
/// overflows, or vanishes, unless the result does.
#pragma once

#include <span>

#include "attn/core/tensor.hpp"

namespace attn {

/// |x|, the Euclidean norm: the root of the sum of the squares. NaN if any entry is.
double norm(std::span<const double> x);

/// The same of all entries of a matrix: its Frobenius norm.
double norm(const Mat& m);
double norm(const Vec& v);

/// The mean, also where the sum would overflow.
double mean(std::span<const double> x);

/// The largest |x_i|; 0 for nothing, NaN if any entry is.
double largest_size(std::span<const double> x);

/// A power of two with which entries as large as this can be multiplied, squared and added up: it
/// brings `size` to the range [1, 2). 1 for 0, NaN and infinity. Multiplying with a power of two
/// does not round, unless the result is too small to be held exactly.
double unit_factor(double size);

}  // namespace attn
