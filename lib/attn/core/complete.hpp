/// Is a result whole? A step that a student has not written yet leaves its field as it began: a
/// tensor empty, a number NaN.
#pragma once

#include <cmath>
#include <exception>
#include <limits>

#include "attn/core/field.hpp"
#include "attn/core/tensor.hpp"

namespace attn {

/// What a number is before the step that computes it.
inline constexpr double not_written = std::numeric_limits<double>::quiet_NaN();

inline bool is_written(double value) { return !std::isnan(value); }

template <std::size_t Axes>
bool is_written(const TensorOf<Axes>& value) {
  return value.size() > 0;
}

/// A result lacks a step that has not been written yet, so nothing can be computed from it.
class Unfinished : public std::exception {
 public:
  const char* what() const noexcept override { return "a step has not been written yet"; }
};

/// Has every field of a mechanism's result been computed? A loop over time ends after a step of
/// which this is not so, and returns what there is.
template <class Result>
bool is_complete(const Result& result) {
  bool complete = true;
  Result::each(result,
               [&](const Field&, const auto& value) { complete = complete && is_written(value); });
  return complete;
}

/// \throws Unfinished if a field of a mechanism's result has not been computed.
template <class Result>
void expect_complete(const Result& result) {
  if (!is_complete(result)) throw Unfinished();
}

}  // namespace attn
