#include "attn/core/row_statistics.hpp"

#include <cmath>

#include "attn/core/norms.hpp"
#include "attn/core/shape_error.hpp"

namespace attn {
namespace {

void expect_one_per_row(const Mat& a, const Vec& v) {
  expect_shape("v", shape_of(v), {rows(a)}, "n", "one entry for each row of A");
}

}  // namespace

Vec row_means(const Mat& a) {
  expect_nonempty("A", shape_of(a), "n,d");
  const auto d = static_cast<double>(cols(a));
  Vec means = zeros(rows(a));
  for (std::size_t i = 0; i < rows(a); ++i) {
    // The mean of the distances to the first entry: then a constant row has that very constant, and
    // not one that is off in the last bit, as its mean, and so a variance of exactly 0.
    const double first = a(i, 0);
    double sum = 0.0;
    for (std::size_t k = 0; k < cols(a); ++k) sum += a(i, k) - first;
    means(i) = std::isfinite(sum) ? first + sum / d : mean({a.data() + i * cols(a), cols(a)});
  }
  return means;
}

Vec row_variances(const Mat& a, const Vec& means) {
  expect_one_per_row(a, means);
  const auto d = static_cast<double>(cols(a));
  Vec variances = zeros(rows(a));
  for (std::size_t i = 0; i < rows(a); ++i) {
    double sum = 0.0;
    for (std::size_t k = 0; k < cols(a); ++k) {
      const double distance = a(i, k) - means(i);
      sum += distance * distance;
    }
    variances(i) = sum / d;
  }
  return variances;
}

Vec inverse_deviations(const Vec& variances, double epsilon) {
  Vec inverse = variances;
  for (double& v : inverse) v = 1.0 / std::sqrt(v + epsilon);
  return inverse;
}

Vec inverse_deviations(const Mat& a, const Vec& means, const Vec& variances, double epsilon) {
  Vec inverse = inverse_deviations(variances, epsilon);
  const double root = std::sqrt(static_cast<double>(cols(a)));
  for (std::size_t i = 0; i < rows(a); ++i) {
    if (!(variances(i) + epsilon < 0x1p-900)) continue;
    std::vector<double> distances(cols(a));
    for (std::size_t k = 0; k < cols(a); ++k) distances[k] = a(i, k) - means(i);
    inverse(i) = 1.0 / std::hypot(norm(distances) / root, std::sqrt(epsilon));
  }
  return inverse;
}

Mat subtract_from_rows(const Mat& a, const Vec& v) {
  expect_one_per_row(a, v);
  Mat differences = a;
  for (std::size_t i = 0; i < rows(a); ++i) {
    for (std::size_t k = 0; k < cols(a); ++k) differences(i, k) -= v(i);
  }
  return differences;
}

Mat scale_rows(const Mat& a, const Vec& v) {
  expect_one_per_row(a, v);
  Mat scaled = a;
  for (std::size_t i = 0; i < rows(a); ++i) {
    for (std::size_t k = 0; k < cols(a); ++k) scaled(i, k) *= v(i);
  }
  return scaled;
}

Mat scale_columns(const Mat& a, const Vec& v) {
  expect_shape("v", shape_of(v), {cols(a)}, "d", "one entry for each column of A");
  Mat scaled = a;
  for (std::size_t i = 0; i < rows(a); ++i) {
    for (std::size_t k = 0; k < cols(a); ++k) scaled(i, k) *= v(k);
  }
  return scaled;
}

}  // namespace attn
