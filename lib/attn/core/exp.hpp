/// Exponentials, tanh and the logistic sigmoid, several at a time. The implementation is on Eigen.
#pragma once

#include <span>

namespace attn {

/// The largest entry; -inf for an empty row, NaN if any entry is NaN.
double largest(std::span<const double> x);

/// y_i = exp(x_i - shift), and returns the sum of the y_i. x - shift must not exceed 0; where it is
/// below -708, where exp nears the smallest normal number, y is exactly 0. x and y may be the same.
double exp_shifted(std::span<const double> x, double shift, std::span<double> y);

/// Replaces each entry by its tanh, to within two units in the last place; NaN stays NaN.
void tanh_entries(std::span<double> x);

/// Replaces each entry x by 1 / (1 + exp(-x)); NaN stays NaN.
void sigmoid_entries(std::span<double> x);

}  // namespace attn
