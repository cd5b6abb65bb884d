#include "attn/mechanisms/positions.hpp"

#include <cmath>
#include <stdexcept>
#include <string>

#include "attn/core/matmul.hpp"
#include "attn/core/ops.hpp"
#include "attn/core/shape_error.hpp"

namespace attn::positions {
namespace {

void expect_even(std::size_t dm) {
  if (dm > 0 && dm % 2 == 0) return;
  throw ShapeError("dm is " + std::to_string(dm) +
                   ", expected an even number: sines and cosines come in pairs");
}

void expect_base(double base) {
  if (base > 0.0 && std::isfinite(base)) return;
  throw std::invalid_argument("base is " + std::to_string(base) +
                              ", expected a number greater than 0");
}

void expect_position(std::size_t p, const Mat& P) {
  if (p < rows(P)) return;
  throw std::out_of_range("position " + std::to_string(p) +
                          " is beyond the learned table, whose last position is " +
                          std::to_string(rows(P) - 1) + " (it has " + std::to_string(rows(P)) +
                          " rows, and positions count from 0)");
}

/// The columns in which pair i has its sine and its cosine.
struct Pair {
  std::size_t sine, cosine;
};
Pair pair(std::size_t i, std::size_t dm, Layout layout) {
  if (layout == Layout::halves) return {i, dm / 2 + i};
  return {2 * i, 2 * i + 1};
}

}  // namespace

Vec from(double first, std::size_t T) {
  Vec at = zeros(T);
  for (std::size_t p = 0; p < T; ++p) at(p) = first + static_cast<double>(p);
  return at;
}

Forward forward(const Vec& at, std::size_t dm, const Sinusoid& sinusoid) {
  expect_even(dm);
  expect_base(sinusoid.base);
  expect_nonempty("at", shape_of(at), "T");
  Forward f;
  f.frequencies = zeros(dm / 2);  // 1, and from there down towards 1/base
  for (std::size_t i = 0; i < dm / 2; ++i) {
    const double exponent = 2.0 * static_cast<double>(i) / static_cast<double>(dm);
    f.frequencies(i) = std::pow(sinusoid.base, -exponent);
  }

  f.angles = outer(at, f.frequencies);  // p w_i

  f.encoding = zeros(at.size(), dm);
  for (std::size_t p = 0; p < at.size(); ++p) {
    for (std::size_t i = 0; i < dm / 2; ++i) {
      const auto [sine, cosine] = pair(i, dm, sinusoid.layout);
      f.encoding(p, sine) = std::sin(f.angles(p, i));
      f.encoding(p, cosine) = std::cos(f.angles(p, i));
    }
  }

  return f;
}

Mat sinusoidal(std::size_t T, std::size_t dm, const Sinusoid& sinusoid) {
  return forward(from(0.0, T), dm, sinusoid).encoding;
}

Shift shift(double k, const Forward& sinusoids, const Sinusoid& sinusoid) {
  const Vec& w = sinusoids.frequencies;
  const std::size_t dm = 2 * w.size();
  Shift f;
  f.R = zeros(dm, dm);
  for (std::size_t i = 0; i < w.size(); ++i) {
    const auto [sine, cosine] = pair(i, dm, sinusoid.layout);
    f.R(sine, sine) = std::cos(k * w(i));  // sin(a + b) = cos(b) sin(a) + sin(b) cos(a)
    f.R(sine, cosine) = std::sin(k * w(i));
    f.R(cosine, sine) = -std::sin(k * w(i));  // cos(a + b) = -sin(b) sin(a) + cos(b) cos(a)
    f.R(cosine, cosine) = std::cos(k * w(i));
  }

  f.moved = matmul_nt(sinusoids.encoding, f.R);  // (R_k PE(p))^T = PE(p)^T R_k^T
  return f;
}

Mat rotation(double k, std::size_t dm, const Sinusoid& sinusoid) {
  return shift(k, forward(from(0.0, 1), dm, sinusoid), sinusoid).R;
}

Mat learned(const Mat& P, std::size_t T) {
  expect_nonempty("P", shape_of(P), "Tmax,dm");
  if (T == 0) throw ShapeError("T is 0, expected at least one position");
  expect_position(T - 1, P);
  return first_rows(P, T);
}

LearnedBackward learned_backward(const Mat& P, const Mat& d_encoding) {
  expect_nonempty("d_encoding", shape_of(d_encoding), "T,dm");
  expect_shape("d_encoding", shape_of(d_encoding), {rows(d_encoding), cols(P)}, "T,dm",
               "as wide as P");
  expect_position(rows(d_encoding) - 1, P);
  LearnedBackward b;
  // forward was: encoding[p] = P[p], for the positions 0 to T - 1
  b.d_P = zeros(rows(P), cols(P));
  for (std::size_t p = 0; p < rows(d_encoding); ++p) {
    for (std::size_t d = 0; d < cols(P); ++d) b.d_P(p, d) = d_encoding(p, d);
  }
  return b;
}

}  // namespace attn::positions
