#include "attn/core/gelu.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "attn/core/exp.hpp"

namespace attn {
namespace {

constexpr double cubic = 0.044715;  // Hendrycks and Gimpel, section 2

/// Phi(x), the probability that a standard normal number is at most x. With erfc, because 1 + erf
/// would cancel where x is negative.
double normal_cdf(double x) { return 0.5 * std::erfc(-x * std::numbers::sqrt2 / 2.0); }

double normal_density(double x) {
  return std::exp(-0.5 * x * x) * std::numbers::inv_sqrtpi / std::numbers::sqrt2;
}

/// 2 sqrt(2/pi)
constexpr double twice_root = 2.0 * std::numbers::sqrt2 * std::numbers::inv_sqrtpi;

/// (1 + tanh(u)) / 2 = sigmoid(2 u) for u = sqrt(2/pi) (x + 0.044715 x^3), of each x. As a sigmoid,
/// because 1 + tanh would cancel where u is negative.
std::vector<double> gates(std::span<const double> x) {
  std::vector<double> gate(x.begin(), x.end());
  for (double& u : gate) u = twice_root * (u + cubic * u * u * u);
  sigmoid_entries(gate);
  return gate;
}

}  // namespace

void gelu_entries(std::span<double> x) {
  for (double& entry : x) entry *= normal_cdf(entry);
}

void gelu_slopes(std::span<double> x) {
  for (double& entry : x) entry = normal_cdf(entry) + entry * normal_density(entry);
}

void gelu_tanh_entries(std::span<double> x) {
  const std::vector<double> gate = gates(x);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] *= gate[i];
}

void gelu_tanh_slopes(std::span<double> x) {
  // Far out the slope is 0 or 1; without a limit x^3 would be infinite there, and 0 times that NaN.
  for (double& entry : x) entry = std::clamp(entry, -40.0, 40.0);
  const std::vector<double> gate = gates(x);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double inner = twice_root * (1.0 + 3.0 * cubic * x[i] * x[i]);  // d(2 u)/dx
    x[i] = gate[i] + x[i] * gate[i] * (1.0 - gate[i]) * inner;
  }
}

}  // namespace attn
