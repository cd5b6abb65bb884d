/// Numbers with an exponent of their own: products and quotients of them neither overflow nor
/// vanish on the way. Where plain arithmetic would not either, the result is the same to the last
/// bit.
#pragma once

#include <span>

#include "attn/core/tensor.hpp"

namespace attn {

/// significand 2^exponent, with |significand| in [1/2, 1); or 0, NaN, infinity.
class Wide {
 public:
  Wide(double value);  // NOLINT(google-explicit-constructor): a double is one

  friend Wide operator*(const Wide& a, const Wide& b);
  friend Wide operator/(const Wide& a, const Wide& b);
  friend Wide operator-(const Wide& a);

  /// What it is as a double, rounded once more only if it is too small to be a normal one.
  double narrow() const;

  /// sum_i a_i b_i
  friend Wide wide_inner_product(std::span<const double> a, std::span<const double> b);

 private:
  Wide(double significand, long exponent);
  double significand_;
  long exponent_;
};

Wide wide_inner_product(std::span<const double> a, std::span<const double> b);
/// The same of all entries of two matrices. \throws ShapeError if the shapes differ.
Wide wide_inner_product(const Mat& a, const Mat& b);

}  // namespace attn
