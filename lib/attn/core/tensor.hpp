/// Tensor types. This is the only header that includes xtensor.
///
/// Every tensor is a row-major array of `double` with a fixed number of axes. Name the type of
/// every intermediate (`Mat`, `Vec`, …), never `auto`: xtensor expressions are lazy, and one that
/// reads what it is being assigned to computes garbage.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#if __has_include(<xtensor/containers/xtensor.hpp>)
#include <xtensor/containers/xtensor.hpp>
#else
#include <xtensor/xtensor.hpp>
#endif

namespace attn {

using Vec = xt::xtensor<double, 1>;
using Mat = xt::xtensor<double, 2>;
using Ten3 = xt::xtensor<double, 3>;

/// Which keys a query may attend to, shape (Tq, Tk): true means "attend".
using Mask = xt::xtensor<bool, 2>;

/// The extents of a tensor's axes, outermost first.
using Shape = std::vector<std::size_t>;

template <class Tensor>
Shape shape_of(const Tensor& tensor) {
  return Shape(tensor.shape().begin(), tensor.shape().end());
}

inline std::size_t rows(const Mat& m) { return m.shape(0); }
inline std::size_t cols(const Mat& m) { return m.shape(1); }

inline Vec zeros(std::size_t n) { return Vec(Vec::shape_type{n}, 0.0); }
inline Mat zeros(std::size_t m, std::size_t n) { return Mat(Mat::shape_type{m, n}, 0.0); }
inline Ten3 zeros(std::size_t l, std::size_t m, std::size_t n) {
  return Ten3(Ten3::shape_type{l, m, n}, 0.0);
}

}  // namespace attn
