#include "attn/mechanisms/kernel_regression.hpp"

#include <cmath>
#include <sstream>

#include "attn/core/matmul.hpp"
#include "attn/core/ops.hpp"
#include "attn/core/softmax.hpp"
#include "attn/core/wide.hpp"
#include "attn/mechanisms/inputs.hpp"

namespace attn::kernel_regression {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

[[noreturn]] void reject_bandwidth(double bandwidth, const std::string& why) {
  std::ostringstream text;
  text << "the bandwidth is " << bandwidth << ", " << why;
  throw std::invalid_argument(text.str());
}

void expect_bandwidth(double bandwidth) {
  if (!(bandwidth > 0.0 && bandwidth < inf)) {
    reject_bandwidth(bandwidth, "expected a positive number");
  }
}

/// Refuses what would overflow when it is squared.
/// Only the Gaussian squares u, and only for its score, -u^2 / 2.
void expect_squares(Kernel kernel, const Mat& u, double bandwidth) {
  for (const double cell : u) {
    const double largest = kernel == Kernel::gaussian ? 0.5 * cell * cell : cell;
    if (largest == inf) reject_bandwidth(bandwidth, "too small for the distances");
  }
}

// step: distances
/// ||q_i - k_j||, by way of hypot, so that no square overflows or vanishes.
Mat distances_between(const Mat& queries, const Mat& keys) {
  Mat distances = zeros(rows(queries), rows(keys));
  for (std::size_t i = 0; i < rows(queries); ++i) {
    for (std::size_t j = 0; j < rows(keys); ++j) {
      for (std::size_t c = 0; c < cols(queries); ++c) {
        distances(i, j) = std::hypot(distances(i, j), queries(i, c) - keys(j, c));
      }
    }
  }
  return distances;
}

// step: kernel
/// K(u)
double kernel_of(Kernel kernel, double u) {
  switch (kernel) {
    case Kernel::gaussian:
      return std::exp(-0.5 * u * u);
    case Kernel::boxcar:
      return u < 1.0 ? 1.0 : 0.0;
    case Kernel::epanechnikov:
      return u < 1.0 ? 1.0 - u * u : 0.0;
    case Kernel::triangular:
      return u < 1.0 ? 1.0 - u : 0.0;
    case Kernel::constant:
      return 1.0;
  }
  return 0.0;
}

// step: scores
/// log K(u), for the Gaussian kernel without taking exp and log of it
Mat scores_of(Kernel kernel, const Mat& u, const Mat& kernel_of_u) {
  if (kernel == Kernel::gaussian) return -0.5 * u * u;
  Mat scores = kernel_of_u;
  for (double& cell : scores) cell = std::log(cell);
  return scores;
}

// step: d_u
/// d(log K)/du = K'(u) / K(u), and 0 where the kernel is 0 or has a kink
double slope_of(Kernel kernel, double u) {
  switch (kernel) {
    case Kernel::gaussian:
      return -u;
    case Kernel::boxcar:
      return 0.0;
    case Kernel::epanechnikov:
      return u < 1.0 ? -2.0 * u / (1.0 - u * u) : 0.0;
    case Kernel::triangular:
      return u > 0.0 && u < 1.0 ? -1.0 / (1.0 - u) : 0.0;
    case Kernel::constant:
      return 0.0;
  }
  return 0.0;
}

/// f(kernel, u) in every cell
template <class Function>
Mat map(Kernel kernel, const Mat& u, Function&& f) {
  Mat result = u;
  for (double& cell : result) cell = f(kernel, cell);
  return result;
}

// step: d_queries, d_keys
/// da_i = sum_j dR_ij (a_i - b_j) / r_ij, where r_ij = ||a_i - b_j||. A pair that meets has no
/// direction; it has dR_ij = 0 as well, and is left out.
Mat pull(const Mat& a, const Mat& b, const Mat& d_distances, const Mat& distances) {
  Mat d_a = zeros(rows(a), cols(a));
  for (std::size_t i = 0; i < rows(a); ++i) {
    for (std::size_t j = 0; j < rows(b); ++j) {
      if (d_distances(i, j) == 0.0) continue;
      for (std::size_t c = 0; c < cols(a); ++c) {
        d_a(i, c) += d_distances(i, j) * ((a(i, c) - b(j, c)) / distances(i, j));
      }
    }
  }
  return d_a;
}

}  // namespace

Forward forward(const Mat& queries, const Mat& keys, const Mat& values, const Mask& mask,
                Kernel kernel, double bandwidth) {
  expect_equal_widths(queries, keys);
  expect_values(values, rows(keys));
  expect_mask(mask, rows(queries), rows(keys));
  expect_bandwidth(bandwidth);
  Forward f;
  f.distances = distances_between(queries, keys);  // ||q_i - k_j||
  f.u = f.distances / bandwidth;                   // u = ||q_i - k_j|| / h
  expect_squares(kernel, f.u, bandwidth);
  f.kernel = map(kernel, f.u, kernel_of);       // K(u)
  f.scores = scores_of(kernel, f.u, f.kernel);  // log K(u)
  f.masked = apply_mask(f.scores, mask);        // hidden keys get -inf
  f.weights = softmax(f.masked);                // exp(log K) / sum exp(log K) = K / sum K
  f.prediction = matmul(f.weights, values);     // sum_j a_ij v_j
  return f;
}

Backward backward(const Mat& queries, const Mat& keys, const Mat& values, Kernel kernel,
                  double bandwidth, const Forward& forward, const Mat& d_prediction) {
  expect_shape("d_prediction", shape_of(d_prediction), shape_of(forward.prediction), "Tq,dv",
               "the shape of the prediction");
  Backward b;
  // forward was: prediction = weights values
  b.d_values = matmul_tn(forward.weights, d_prediction);
  b.d_weights = matmul_nt(d_prediction, values);
  // forward was: weights = softmax(masked), and masked = scores where the mask attends
  b.d_scores = softmax_backward(forward.weights, b.d_weights);
  // forward was: scores = log K(u)
  b.d_u = b.d_scores * map(kernel, forward.u, slope_of);
  // forward was: u = distances / bandwidth
  b.d_bandwidth = (-wide_inner_product(b.d_u, forward.u) / bandwidth).narrow();
  b.d_distances = b.d_u / bandwidth;
  // forward was: distances_ij = ||q_i - k_j||, with the unit vector from key to query as gradient
  b.d_queries = pull(queries, keys, b.d_distances, forward.distances);
  b.d_keys = pull(keys, queries, transpose(b.d_distances), transpose(forward.distances));
  return b;
}

}  // namespace attn::kernel_regression
