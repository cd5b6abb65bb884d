/// Are two tensors equal, up to rounding?  CHECK(close(got, expected, 1e-12));
#pragma once

#include <iosfwd>
#include <string>
#include <type_traits>
#include <vector>

#include "attn/core/field.hpp"
#include "attn/core/gradient_check.hpp"
#include "attn/core/shape_error.hpp"
#include "attn/core/tensor.hpp"
#include "tests/support/fixture.hpp"

namespace attn {

/// Lets CHECK(check_gradient(…)) say what disagrees.
std::ostream& operator<<(std::ostream& out, const GradientCheck& check);

namespace test {

/// The outcome of a comparison: `message` is empty when everything agrees, and else names the first
/// cell that differs, with both numbers.
struct Agreement {
  std::string message;
  explicit operator bool() const { return message.empty(); }
};
std::ostream& operator<<(std::ostream& out, const Agreement& agreement);

/// A cell agrees when |got - expected| <= tolerance * max(1, |expected|). Infinities must be equal,
/// and NaN agrees with NaN alone. With a tolerance of 0 all cells must be equal.
Agreement close(const Shape& got_shape, const std::vector<double>& got, const Shape& expected_shape,
                const std::vector<double>& expected, double tolerance);

template <class Tensor>
Agreement close(const Tensor& got, const Tensor& expected, double tolerance) {
  return close(shape_of(got), std::vector<double>(got.begin(), got.end()), shape_of(expected),
               std::vector<double>(expected.begin(), expected.end()), tolerance);
}

inline Agreement close(double got, double expected, double tolerance) {
  return close({}, {got}, {}, {expected}, tolerance);
}

inline Agreement close(const std::vector<double>& got, const std::vector<double>& expected,
                       double tolerance) {
  return close({got.size()}, got, {expected.size()}, expected, tolerance);
}

/// The same relative to each cell: |got - expected| <= tolerance * |expected|. For what must be
/// right at either end of double precision. Where 0 is expected, it must be 0.
Agreement relatively_close(const Shape& got_shape, const std::vector<double>& got,
                           const Shape& expected_shape, const std::vector<double>& expected,
                           double tolerance);

template <class Tensor>
Agreement relatively_close(const Tensor& got, const Tensor& expected, double tolerance) {
  return relatively_close(shape_of(got), std::vector<double>(got.begin(), got.end()),
                          shape_of(expected), std::vector<double>(expected.begin(), expected.end()),
                          tolerance);
}

inline Agreement relatively_close(double got, double expected, double tolerance) {
  return relatively_close({}, {got}, {}, {expected}, tolerance);
}

/// Every field of a mechanism's result against the fixture's entry of that name.
template <class Result>
Agreement fields_close(const Result& result, const Fixture& expected, double tolerance) {
  Agreement agreement;
  Result::each(result, [&](const Field& field, const auto& value) {
    if (!agreement) return;
    using Value = std::remove_cvref_t<decltype(value)>;
    const std::string name(field.name);
    agreement = close(value, expected[name].template as<Value>(), tolerance);
    if (!agreement) agreement.message = name + ": " + agreement.message;
  });
  return agreement;
}

}  // namespace test
}  // namespace attn
