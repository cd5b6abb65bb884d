#include "attn/core/gelu.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "attn/core/exp.hpp"

namespace attn {
namespace {

constexpr double cubic = 0.044715;  // Hendrycks and Gimpel, section 2

/// Entries are taken so many at a time, so that what is between fits on the stack. A block is
/// always computed whole, so that an entry's result does not depend on where it stands.
constexpr std::size_t block = 64;
using Block = std::array<double, block>;

/// The standard normal distribution at up to a block of entries.
struct Normal {
  Block at;       ///< the entries, 0 beyond the last
  Block cdf;      ///< Phi(x), the probability of at most x
  Block density;  ///< Phi'(x)
};

template <std::size_t n>
double polynomial(double x, const std::array<double, n>& from_the_highest) {
  double sum = from_the_highest[0];
  for (std::size_t i = 1; i < n; ++i) sum = sum * x + from_the_highest[i];
  return sum;
}

/// erf(z) for 0 <= z < 1, from w = z^2: Cephes 2.8, ndtr.c (Moshier).
double erf_near_zero(double z, double w) {
  constexpr std::array<double, 5> T{9.60497373987051638749e0, 9.00260197203842689217e1,
                                    2.23200534594684319226e3, 7.00332514112805075473e3,
                                    5.55923013010394962768e4};
  constexpr std::array<double, 6> U{1.0,
                                    3.35617141647503099647e1,
                                    5.21357949780152679795e2,
                                    4.59432382970980127987e3,
                                    2.26290000613890934246e4,
                                    4.92673942608635921086e4};
  return z * polynomial(w, T) / polynomial(w, U);
}

/// erfc(z) exp(z^2) for 1 <= z < 8: the same program.
double scaled_erfc(double z) {
  constexpr std::array<double, 9> P{
      2.46196981473530512524e-10, 5.64189564831068821977e-1, 7.46321056442269912687e0,
      4.86371970985681366614e1,   1.96520832956077098242e2,  5.26445194995477358631e2,
      9.34528527171957607540e2,   1.02755188689515710272e3,  5.57535335369399327526e2};
  constexpr std::array<double, 9> Q{1.0,
                                    1.32281951154744992508e1,
                                    8.67072140885989742329e1,
                                    3.54937778887819891062e2,
                                    9.75708501743205489753e2,
                                    1.82390916687909736289e3,
                                    2.24633760818710981792e3,
                                    1.65666309194161350182e3,
                                    5.57535340817727675546e2};
  return polynomial(z, P) / polynomial(z, Q);
}

Normal normal_at(std::span<const double> x) {
  constexpr double far_out = 8.0;
  Normal n;
  Block& e = n.density;
  Block z;
  for (std::size_t i = 0; i < block; ++i) n.at[i] = i < x.size() ? x[i] : 0.0;
  for (std::size_t i = 0; i < block; ++i) z[i] = std::abs(n.at[i]) * (std::numbers::sqrt2 / 2.0);
  for (std::size_t i = 0; i < block; ++i) e[i] = -z[i] * z[i];
  exp_shifted(e, 0.0, e);
  for (std::size_t i = 0; i < block; ++i) {
    // The tail beyond |x|; 1 - erf only where that loses no digits.
    const double near = 1.0 - erf_near_zero(z[i], z[i] * z[i]);
    const double far = e[i] * scaled_erfc(z[i]);
    const double tail = 0.5 * (z[i] < 1.0 ? near : far);
    n.cdf[i] = n.at[i] > 0.0 ? 1.0 - tail : tail;
  }
  for (std::size_t i = 0; i < block; ++i) {
    if (!(z[i] < far_out)) n.cdf[i] = 0.5 * std::erfc(n.at[i] < 0.0 ? z[i] : -z[i]);  // rarely
  }
  constexpr double factor = std::numbers::inv_sqrtpi * std::numbers::sqrt2 / 2.0;
  for (double& entry : e) entry *= factor;
  return n;
}

/// Puts `value(x, Phi(x), Phi'(x))` into the place of each x.
template <class Value>
void replace(std::span<double> x, Value&& value) {
  for (std::size_t begin = 0; begin < x.size(); begin += block) {
    const std::span<double> part = x.subspan(begin, std::min(block, x.size() - begin));
    const Normal n = normal_at(part);
    for (std::size_t i = 0; i < part.size(); ++i) part[i] = value(n.at[i], n.cdf[i], n.density[i]);
  }
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
  replace(x, [](double at, double cdf, double /*density*/) { return at * cdf; });
}

void gelu_slopes(std::span<double> x) {
  replace(x, [](double at, double cdf, double density) { return cdf + at * density; });
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
