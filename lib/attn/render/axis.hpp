/// An axis of a plot: its range and the round numbers marked on it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace attn::render {

struct Tick {
  std::size_t place;  ///< 0 to places - 1, from the low end
  std::string text;
};

/// A range of numbers spread over a number of places (dots, rows or columns).
class Axis {
 public:
  /// The range of the data and a little more. A range of one number, or of numbers equal in
  /// their first five digits, is widened around it.
  /// Both ends must be finite, and low <= high.
  Axis(double low, double high);

  /// The place of a number of the range, 0 to places - 1.
  std::size_t place(double value, std::size_t places) const;

  /// About `wanted` ticks at multiples of 1, 2 or 5 times a power of ten.
  std::vector<Tick> ticks(std::size_t wanted, std::size_t places) const;

 private:
  // Wider than double: the distance between two doubles need not be a double.
  long double low_, high_;
};

}  // namespace attn::render
