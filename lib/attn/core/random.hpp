/// Seeded random tensors: a seed means the same numbers on every platform.
///
/// The generator is std::mt19937_64, which the C++ standard fixes to the last bit. The conversions
/// are our own, since those of the standard library differ between implementations. Only exactly
/// rounded operations (+ - * / sqrt) enter a number, without fused multiply-add (the build sees to
/// that); a logarithm decides which normal candidates are kept, but is never part of one.
#pragma once

#include <cstdint>
#include <random>

#include "attn/core/tensor.hpp"

namespace attn {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  /// In [0, 1): the top 53 bits of one draw, times 2^-53.
  double uniform();

  /// low + (high - low) * uniform(): in [low, high), or `high` itself where the sum rounds up to
  /// it.
  double uniform(double low, double high);

  /// Standard normal, by the ratio of uniforms (Kinderman and Monahan 1977): u and v uniform on
  /// (0, 1] x [-b, b) with b = sqrt(2/e), until x = v/u has x^2 <= -4 ln u.
  double normal();

 private:
  std::mt19937_64 engine_;
};

/// How a random tensor is drawn. fan_in is the width of what a weight matrix multiplies, fan_out
/// that of the result: of W x, with shape (out, in) as in PyTorch, the last axis and the one before
/// it; of X W, with shape (in, out), the other way round. A vector of n counts as shape (1, n).
enum class Init {
  uniform,         ///< between low and high
  normal,          ///< mean, std
  xavier_uniform,  ///< [-a, a), a = sqrt(6 / (fan_in + fan_out)). Glorot and Bengio 2010, eq. (16)
  xavier_normal,   ///< std = sqrt(2 / (fan_in + fan_out))
  he_uniform,      ///< [-a, a), a = sqrt(6 / fan_in)
  he_normal,       ///< std = sqrt(2 / fan_in). He et al., arXiv:1502.01852v1, eq. (10)
};

/// `first` and `second` are low and high, or mean and std; the other initialisers ignore them.
struct Distribution {
  Init init = Init::normal;
  double first = 0.0;
  double second = 1.0;
  bool rows_in = false;  ///< the matrix stands right of what it multiplies, as in X W
};

/// The entries of a tensor of that shape in row-major order, drawn one after another from one
/// generator. No axes: a single number.
std::vector<double> random_values(const Shape& shape, const Distribution& how, std::uint64_t seed);

}  // namespace attn
