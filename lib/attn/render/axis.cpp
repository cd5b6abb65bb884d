#include "attn/render/axis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "attn/render/number.hpp"

namespace attn::render {
namespace {

/// A smaller range, beside the numbers themselves, is drawn as no change at all: its ticks would
/// differ in the seventh digit and say nothing.
constexpr long double least_range = 1e-5L;

/// 10^power, the power of ten at or below `size`.
int power_below(long double size) { return static_cast<int>(std::floor(std::log10(size))); }

/// The text of a tick. All numbers of an axis have the same number of digits after the point.
std::string tick_text(double value, int step_power, int largest_power) {
  if (value == 0.0) return "0";
  if (step_power < -6 || largest_power > 6) {
    return scientific(value, std::clamp(largest_power - step_power, 0, 15));
  }
  return fmt::format("{:.{}f}", value, std::max(0, -step_power));
}

}  // namespace

Axis::Axis(double low, double high) : low_(low), high_(high) {
  const long double size = std::max(std::abs(low_), std::abs(high_));
  if (high_ - low_ <= size * least_range) {
    const long double around = size > 0.0L ? size / 10.0L : 1.0L;
    low_ -= around;
    high_ += around;
  }
  const long double margin = (high_ - low_) / 50.0L;
  low_ -= margin;
  high_ += margin;
}

std::size_t Axis::place(double value, std::size_t places) const {
  const long double share = (static_cast<long double>(value) - low_) / (high_ - low_);
  const long double place = std::floor(share * static_cast<long double>(places));
  return static_cast<std::size_t>(std::clamp(place, 0.0L, static_cast<long double>(places - 1)));
}

std::vector<Tick> Axis::ticks(std::size_t wanted, std::size_t places) const {
  const long double rough =
      (high_ - low_) / static_cast<long double>(std::max<std::size_t>(wanted, 1));
  const int power = power_below(rough);
  const long double unit = std::pow(10.0L, power);
  const long double share = rough / unit;
  const long double factor = share < 1.5L   ? 1.0L
                             : share < 3.5L ? 2.0L
                             : share < 7.5L ? 5.0L
                                            : 10.0L;
  const long double step = factor * unit;
  const int step_power = factor < 10.0L ? power : power + 1;
  const int largest_power = power_below(std::max(std::abs(low_), std::abs(high_)));

  std::vector<Tick> ticks;
  for (long double i = std::ceil(low_ / step); i * step <= high_; i += 1.0L) {
    const double value = static_cast<double>(i * step);
    ticks.push_back({place(value, places), tick_text(value, step_power, largest_power)});
    if (ticks.size() > 2 * wanted + 2) break;
  }
  return ticks;
}

}  // namespace attn::render
