/// Tensor types. This is the only header that includes xtensor.
///
/// Every tensor is a row-major array of `double` with a fixed number of axes. Name the type of
/// every intermediate (`Mat`, `Vec`, …), never `auto`: xtensor expressions are lazy, and one that
/// reads what it is being assigned to computes garbage.
#pragma once

#include <concepts>
#include <cstddef>
#include <limits>
#include <new>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

#include "attn/core/memory.hpp"

#if __has_include(<xtensor/containers/xtensor.hpp>)
#include <xtensor/containers/xtensor.hpp>
#else
#include <xtensor/xtensor.hpp>
#endif

namespace attn {

/// Where tensors get their memory: aligned, and in large pages where it is much.
template <class T>
struct Aligned {
  using value_type = T;

  Aligned() = default;
  template <class U>
  Aligned(const Aligned<U>& /*other*/) {}

  T* allocate(std::size_t n) {
    if (n > std::numeric_limits<std::size_t>::max() / sizeof(T)) throw std::bad_alloc();
    return static_cast<T*>(allocate_memory(n * sizeof(T)));
  }
  void deallocate(T* memory, std::size_t n) { free_memory(memory, n * sizeof(T)); }
  friend bool operator==(const Aligned& /*a*/, const Aligned& /*b*/) { return true; }
};

template <std::size_t Axes>
using TensorOf = xt::xtensor<double, Axes, xt::layout_type::row_major, Aligned<double>>;

using Vec = TensorOf<1>;
using Mat = TensorOf<2>;
using Ten3 = TensorOf<3>;

/// A tensor, or an expression such as a + b, which functions that take one evaluate first.
template <class E>
concept TensorExpression =
    std::derived_from<std::remove_cvref_t<E>, xt::xexpression<std::remove_cvref_t<E>>>;

/// The tensor that an expression is.
template <class E>
using Evaluated = TensorOf<std::tuple_size_v<typename std::remove_cvref_t<E>::shape_type>>;

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
