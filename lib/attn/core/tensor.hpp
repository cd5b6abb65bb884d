/// Tensor types. This is the only header that includes xtensor.
///
/// Every tensor is a row-major array of `double` with a fixed number of axes. Name the type of
/// every intermediate (`Mat`, `Vec`, …), never `auto`: xtensor expressions are lazy, and one that
/// reads what it is being assigned to computes garbage.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <limits>
#include <memory>
#include <new>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

#include "attn/core/index_error.hpp"
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

template <class T, std::size_t Axes, class Memory>
class Tensor;

template <std::size_t Axes>
using Extents = std::array<std::size_t, Axes>;

template <std::size_t A, std::size_t B>
[[noreturn]] void throw_unfit(const Extents<A>& a, const Extents<B>& b) {
  throw_unfit_shapes(a.data(), A, b.data(), B);
}

}  // namespace attn

/// What xtensor asks of a container of its own kind: the same as of its tensors.
namespace xt {

template <class T, std::size_t Axes, class Memory>
struct xcontainer_inner_types<attn::Tensor<T, Axes, Memory>>
    : xcontainer_inner_types<xtensor<T, Axes, layout_type::row_major, Memory>> {
  using temporary_type = attn::Tensor<T, Axes, Memory>;
};

template <class T, std::size_t Axes, class Memory>
struct xiterable_inner_types<attn::Tensor<T, Axes, Memory>>
    : xcontainer_iterable_types<attn::Tensor<T, Axes, Memory>> {};

// Shapes that do not go together entry by entry: xtensor throws an error of its own, without the
// shapes where it is optimised. For tensors of up to three axes it is ours.
template <>
[[noreturn]] inline void throw_broadcast_error(const attn::Extents<1>& a,
                                               const attn::Extents<1>& b) {
  attn::throw_unfit(a, b);
}
template <>
[[noreturn]] inline void throw_broadcast_error(const attn::Extents<2>& a,
                                               const attn::Extents<1>& b) {
  attn::throw_unfit(a, b);
}
template <>
[[noreturn]] inline void throw_broadcast_error(const attn::Extents<2>& a,
                                               const attn::Extents<2>& b) {
  attn::throw_unfit(a, b);
}
template <>
[[noreturn]] inline void throw_broadcast_error(const attn::Extents<3>& a,
                                               const attn::Extents<1>& b) {
  attn::throw_unfit(a, b);
}
template <>
[[noreturn]] inline void throw_broadcast_error(const attn::Extents<3>& a,
                                               const attn::Extents<2>& b) {
  attn::throw_unfit(a, b);
}
template <>
[[noreturn]] inline void throw_broadcast_error(const attn::Extents<3>& a,
                                               const attn::Extents<3>& b) {
  attn::throw_unfit(a, b);
}

}  // namespace xt

namespace attn {

/// An xtensor of our own, so that what stands between the brackets of t(i, j) can be looked at:
/// with ATTN_CHECK_BOUNDS, where students' sources are compiled, an index beyond an axis is an
/// error that says which (index_error.hpp). Elsewhere it costs nothing.
///
/// Both kinds of object may be linked into one program. What differs is a function that only
/// checked objects have, and no function of xtensor is compiled differently.
template <class T, std::size_t Axes, class Memory>
class Tensor : public xt::xstrided_container<Tensor<T, Axes, Memory>>,
               public xt::xcontainer_semantic<Tensor<T, Axes, Memory>> {
  using Base = xt::xstrided_container<Tensor>;
  using Semantic = xt::xcontainer_semantic<Tensor>;

 public:
  using expression_tag = xt::xtensor_expression_tag;
  using storage_type = typename Base::storage_type;
  using value_type = typename Base::value_type;
  using reference = typename Base::reference;
  using const_reference = typename Base::const_reference;
  using size_type = typename Base::size_type;
  using shape_type = typename Base::shape_type;
  using temporary_type = typename Semantic::temporary_type;
  static constexpr std::size_t rank = Axes;

  Tensor() : storage_(Axes == 0 ? 1 : 0, value_type()) {}
  explicit Tensor(const shape_type& shape) { Base::resize(shape, xt::layout_type::row_major); }
  Tensor(const shape_type& shape, const T& value) : Tensor(shape) {
    std::fill(storage_.begin(), storage_.end(), value);
  }
  /// {{1, 2}, {3, 4}}
  Tensor(xt::nested_initializer_list_t<T, Axes> values) {
    Base::resize(xt::shape<shape_type>(values), xt::layout_type::row_major);
    xt::nested_copy(storage_.begin(), values);
  }
  template <class E>
  Tensor(const xt::xexpression<E>& e) {
    Semantic::assign(e);
  }
  template <class E>
  Tensor& operator=(const xt::xexpression<E>& e) {
    return Semantic::operator=(e);
  }

#ifdef ATTN_CHECK_BOUNDS
  template <class... Index>
  const_reference operator()(Index... index) const {
    expect_inside(index...);
    return Base::operator()(index...);
  }
  template <class... Index>
  reference operator()(Index... index) {
    expect_inside(index...);
    return Base::operator()(index...);
  }
  const_reference operator[](size_type index) const { return (*this)(index); }
  reference operator[](size_type index) { return (*this)(index); }
#endif

 private:
  template <class... Index>
  void expect_inside(Index... index) const {
    static_assert(sizeof...(Index) == Axes, "a tensor has as many indices as it has axes");
    const std::array<std::size_t, Axes> at{static_cast<std::size_t>(index)...};
    for (std::size_t axis = 0; axis < Axes; ++axis) {
      if (at[axis] >= Base::shape()[axis]) throw_index_error(at.data(), Base::shape().data(), Axes);
    }
  }

  storage_type storage_;
  storage_type& storage_impl() noexcept { return storage_; }
  const storage_type& storage_impl() const noexcept { return storage_; }
  friend class xt::xcontainer<Tensor>;
};

template <std::size_t Axes>
using TensorOf = Tensor<double, Axes, Aligned<double>>;

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
using Mask = Tensor<bool, 2, std::allocator<bool>>;

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
