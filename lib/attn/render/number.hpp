/// Numbers as text, all numbers of a tensor, or of a column that has a name of its own, in one
/// format.
///
/// - As few digits after the point as show every number exactly, if that is within the precision:
///   1.5 and 2.0, and whole numbers without a point. Otherwise as many as the precision says.
/// - What is too small or too large for that is scientific by itself, in its own cell: 3e-18 never
///   shows as 0.0000, and leaves the digits of the others as they are. All are scientific only
///   where none is of a size that the fixed form shows well.
/// - What rounding has left of a zero is ~0: a number below 1e-14 of the largest of its tensor is
///   not a result, and has no say in the format. A tensor that is tiny throughout keeps its
///   numbers, and so do weights, whose tiny numbers mean something.
/// - Exactly zero is always a single 0. Infinity is ∞ or −∞, and not-a-number is NaN.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace attn::render {

struct NumberFormat {
  bool scientific = false;
  int decimals = 4;    ///< digits after the point
  double noise = 0.0;  ///< whatever is smaller, but not 0, is ~0

  bool operator==(const NumberFormat&) const = default;
};

/// The format for a tensor. `precision` is the most digits after the point. Numbers below `noise`
/// do not count.
NumberFormat format_for(std::span<const double> values, int precision, double noise = 0.0);

/// The size below which a number of the tensor is rounding: 1e-14 of the largest finite one.
double noise_of(std::span<const double> values);

/// Whether the number is neither 0 nor as large as `noise`.
bool is_noise(double value, double noise);

inline constexpr const char* noise_sign = "~0";
inline constexpr const char* noise_legend = "~0  below 1e-14 of the largest number: rounding";

/// A number cut before the decimal point or, without one, after the units: a column of such numbers
/// is aligned where they are cut.
struct NumberText {
  std::string left, right;
};
NumberText show(double value, const NumberFormat& format);

/// "1.5e-7": that many digits after the point, and an exponent without zeros or plus.
std::string scientific(double value, int decimals);

/// One number by itself, in the format that suits it.
std::string show(double value, int precision);

}  // namespace attn::render
