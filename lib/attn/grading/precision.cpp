#include "attn/grading/precision.hpp"

#include <algorithm>
#include <cmath>

namespace attn::grading {
namespace {

constexpr std::size_t enough_cells = 3;

bool is_float(double value) {
  return !std::isfinite(value) || static_cast<double>(static_cast<float>(value)) == value;
}

double largest(const trace::Tensor& tensor) {
  double most = 0.0;
  for (const double value : tensor.values) {
    if (std::isfinite(value)) most = std::max(most, std::abs(value));
  }
  return most;
}

/// How far an observation is from right, in units of its largest number; infinite if it has another
/// shape, or is not finite in the same cells.
double distance(const Observation& o) {
  if (o.got.shape != o.right.shape || o.got.absent()) return HUGE_VAL;
  double most = 0.0;
  for (std::size_t c = 0; c < o.got.values.size(); ++c) {
    const double got = o.got.values[c], right = o.right.values[c];
    if (got == right) continue;
    if (!std::isfinite(got) || !std::isfinite(right)) return HUGE_VAL;
    most = std::max(most, std::abs(got - right));
  }
  const double scale = largest(o.right);
  return scale > 0.0 ? most / scale : HUGE_VAL;
}

/// Cells that could not be floats by accident: the right number is none, and this one is.
std::size_t telling_floats(const Observation& o) {
  std::size_t cells = 0;
  for (std::size_t c = 0; c < o.got.values.size(); ++c) {
    if (!is_float(o.right.values[c]) && o.got.values[c] != o.right.values[c]) ++cells;
  }
  return cells;
}

double rounded(double value, double unit) { return std::round(value * unit) / unit; }

/// To how many decimals everything is rounded; 0 if it is not.
int decimals(std::span<const Observation> all) {
  constexpr int most = 8;
  double unit = 1.0;
  for (int digits = 1; digits <= most; ++digits) {
    unit *= 10.0;
    const bool fits = std::all_of(all.begin(), all.end(), [&](const Observation& o) {
      for (std::size_t c = 0; c < o.got.values.size(); ++c) {
        const double got = o.got.values[c], right = o.right.values[c];
        if (got == right) continue;
        if (!std::isfinite(got) || !std::isfinite(right)) return false;
        if (std::abs(got - rounded(got, unit)) > 1e-12 * (1.0 + std::abs(got))) return false;
        if (std::abs(got - right) > 0.5001 / unit + 1e-12 * std::abs(right)) return false;
      }
      return true;
    });
    if (fits) return digits;
  }
  return 0;
}

bool same_shape(const Observation& o) { return o.got.shape == o.right.shape && !o.got.absent(); }

/// Cells that differ.
std::size_t wrong_cells(std::span<const Observation> all) {
  std::size_t cells = 0;
  for (const Observation& o : all) {
    for (std::size_t c = 0; c < o.got.values.size(); ++c) {
      if (o.got.values[c] != o.right.values[c]) ++cells;
    }
  }
  return cells;
}

}  // namespace

std::optional<std::string> precision_of(std::span<const Observation> all) {
  if (!std::all_of(all.begin(), all.end(), same_shape)) return std::nullopt;
  constexpr double five_digits = 1e-5;
  std::size_t telling = 0;
  bool floats = true;
  for (const Observation& o : all) {
    floats &= std::all_of(o.got.values.begin(), o.got.values.end(), is_float);
    floats &= distance(o) < five_digits;
    telling += telling_floats(o);
  }
  if (floats && telling >= enough_cells) {
    return "the numbers are right to about 7 digits: they are computed in single precision "
           "(float), and double is asked for";
  }
  if (const int digits = decimals(all); digits > 0 && wrong_cells(all) >= enough_cells) {
    return "the numbers are right, but rounded to " + std::to_string(digits) +
           (digits == 1 ? " decimal" : " decimals") + "; write them with all their digits";
  }
  return std::nullopt;
}

std::optional<std::string> nearly_right(std::span<const Observation> all) {
  if (wrong_cells(all) < enough_cells) return std::nullopt;
  double most = 0.0;
  for (const Observation& o : all) most = std::max(most, distance(o));
  if (!(most > 0.0 && most < 1e-4)) return std::nullopt;
  const int digits = static_cast<int>(-std::log10(most));
  return "the numbers are right to about " + std::to_string(digits) +
         " digits and no further, as if a small number had been added, a constant cut short, or a "
         "part computed in float";
}

}  // namespace attn::grading
