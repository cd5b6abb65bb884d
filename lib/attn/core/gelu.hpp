/// The Gaussian error linear unit and its slope, many entries at a time. Hendrycks and Gimpel,
/// "Gaussian Error Linear Units (GELUs)", arXiv:1606.08415, section 2.
#pragma once

#include <span>

namespace attn {

/// Replaces each entry x by x Phi(x), Phi(x) = (1 + erf(x / sqrt(2))) / 2; NaN stays NaN.
void gelu_entries(std::span<double> x);

/// Replaces each entry x by the derivative of x Phi(x) at x; NaN stays NaN.
void gelu_slopes(std::span<double> x);

/// Replaces each entry x by the approximation with tanh,
/// x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) / 2; NaN stays NaN.
void gelu_tanh_entries(std::span<double> x);

/// Replaces each entry x by the derivative of that approximation at x; NaN stays NaN.
void gelu_tanh_slopes(std::span<double> x);

}  // namespace attn
