#include "attn/mechanisms/rope.hpp"

#include <cmath>
#include <string>

#include "attn/core/shape_error.hpp"

namespace attn::rope {
namespace {

/// The T rows that begin at x. \param sign 1 turns them, -1 turns them back
void turn_rows(const double* x, std::size_t T, std::size_t dk, const Mat& angles, Layout layout,
               double sign, double* turned) {
  for (std::size_t t = 0; t < T; ++t, x += dk, turned += dk) {
    for (std::size_t i = 0; i < dk / 2; ++i) {
      const std::size_t one = layout == Layout::halves ? i : 2 * i;
      const std::size_t other = layout == Layout::halves ? dk / 2 + i : 2 * i + 1;
      const double c = std::cos(angles(t, i)), s = sign * std::sin(angles(t, i));
      turned[one] = c * x[one] - s * x[other];
      turned[other] = s * x[one] + c * x[other];
    }
  }
}

void expect_angles(const Mat& angles, std::size_t T, std::size_t dk) {
  if (rows(angles) >= T && 2 * cols(angles) == dk) return;
  throw ShapeError("angles have shape " + to_string(shape_of(angles)) + ", expected at least " +
                   std::to_string(T) + " rows and one column for each pair of a width of " +
                   std::to_string(dk));
}

Mat turn(const Mat& x, const Mat& angles, Layout layout, double sign) {
  expect_angles(angles, rows(x), cols(x));
  Mat result(x.shape());
  turn_rows(x.data(), rows(x), cols(x), angles, layout, sign, result.data());
  return result;
}

Ten3 turn(const Ten3& x, const Mat& angles, Layout layout, double sign) {
  const std::size_t T = x.shape(1), dk = x.shape(2);
  expect_angles(angles, T, dk);
  Ten3 result(x.shape());
  for (std::size_t h = 0; h < x.shape(0); ++h) {
    turn_rows(x.data() + h * T * dk, T, dk, angles, layout, sign, result.data() + h * T * dk);
  }
  return result;
}

}  // namespace

Mat angles(const Rope& rope, std::size_t T, std::size_t dk) {
  if (dk % 2 != 0) {
    throw ShapeError("dk is " + std::to_string(dk) +
                     ", expected an even number: rotary positions turn pairs");
  }
  Mat angles = zeros(T, dk / 2);
  for (std::size_t i = 0; i < dk / 2; ++i) {
    const double turn =
        std::pow(rope.base, -2.0 * static_cast<double>(i) / static_cast<double>(dk));
    for (std::size_t t = 0; t < T; ++t) angles(t, i) = (rope.first + static_cast<double>(t)) * turn;
  }
  return angles;
}

Mat turned(const Mat& x, const Mat& angles, Layout layout) { return turn(x, angles, layout, 1.0); }
Ten3 turned(const Ten3& x, const Mat& angles, Layout layout) {
  return turn(x, angles, layout, 1.0);
}

Mat turned_back(const Mat& d_turned, const Mat& angles, Layout layout) {
  return turn(d_turned, angles, layout, -1.0);
}
Ten3 turned_back(const Ten3& d_turned, const Mat& angles, Layout layout) {
  return turn(d_turned, angles, layout, -1.0);
}

}  // namespace attn::rope
