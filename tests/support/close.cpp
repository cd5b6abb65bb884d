#include "tests/support/close.hpp"

#include <cmath>
#include <ostream>
#include <sstream>

namespace attn {

std::ostream& operator<<(std::ostream& out, const GradientCheck& check) {
  return out << (check ? "the gradient agrees" : check.message);
}

namespace test {
namespace {

/// \param least what a tolerance is at least relative to
bool agrees(double got, double expected, double tolerance, double least) {
  if (std::isnan(expected)) return std::isnan(got);
  if (std::isinf(expected) || tolerance == 0.0) return got == expected;
  return std::abs(got - expected) <= tolerance * std::max(least, std::abs(expected));
}

Agreement compare(const Shape& got_shape, const std::vector<double>& got,
                  const Shape& expected_shape, const std::vector<double>& expected,
                  double tolerance, double least) {
  std::ostringstream text;
  text.precision(17);
  if (got_shape != expected_shape) {
    text << "shape " << to_string(got_shape) << ", expected " << to_string(expected_shape);
    return {text.str()};
  }
  std::size_t differing = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (agrees(got[i], expected[i], tolerance, least)) continue;
    if (++differing > 1) continue;
    text << "cell " << to_string(cell_of(i, expected_shape)) << ": got " << got[i] << ", expected "
         << expected[i] << ", which differ by " << got[i] - expected[i] << " (tolerance "
         << tolerance << ")";
  }
  if (differing > 1) text << "; " << differing << " of " << expected.size() << " cells differ";
  return {text.str()};
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Agreement& agreement) {
  return out << (agreement ? "all cells agree" : agreement.message);
}

Agreement close(const Shape& got_shape, const std::vector<double>& got, const Shape& expected_shape,
                const std::vector<double>& expected, double tolerance) {
  return compare(got_shape, got, expected_shape, expected, tolerance, 1.0);
}

Agreement relatively_close(const Shape& got_shape, const std::vector<double>& got,
                           const Shape& expected_shape, const std::vector<double>& expected,
                           double tolerance) {
  return compare(got_shape, got, expected_shape, expected, tolerance, 0.0);
}

}  // namespace test
}  // namespace attn
