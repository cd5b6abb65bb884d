#include "attn/mechanisms/mask.hpp"

#include <algorithm>

#include "attn/core/shape_error.hpp"

namespace attn::mask {
namespace {

/// The mask that is true where `attends(i, j)` is.
template <class Attends>
Mask where(std::size_t Tq, std::size_t Tk, Attends&& attends) {
  Mask mask(Mask::shape_type{Tq, Tk});
  for (std::size_t i = 0; i < Tq; ++i) {
    for (std::size_t j = 0; j < Tk; ++j) mask(i, j) = attends(i, j);
  }
  return mask;
}

}  // namespace

Mask full(std::size_t Tq, std::size_t Tk) { return Mask(Mask::shape_type{Tq, Tk}, true); }

Mask causal(std::size_t Tq, std::size_t Tk, std::ptrdiff_t offset) {
  return where(Tq, Tk,
               [&](std::size_t i, std::size_t j) { return j < causal_reach(i, offset, Tk); });
}

std::ptrdiff_t bottom_right(std::size_t Tq, std::size_t Tk) {
  return static_cast<std::ptrdiff_t>(Tk) - static_cast<std::ptrdiff_t>(Tq);
}

std::size_t causal_reach(std::size_t i, std::ptrdiff_t offset, std::size_t Tk) {
  const std::ptrdiff_t reach = static_cast<std::ptrdiff_t>(i) + 1 + offset;
  return std::min(static_cast<std::size_t>(std::max<std::ptrdiff_t>(reach, 0)), Tk);
}

void expect_lengths(const std::vector<std::size_t>& lengths, std::size_t Tq, std::size_t Tk) {
  if (lengths.size() != 1 && lengths.size() != Tq) {
    throw ShapeError("valid lengths: found " + std::to_string(lengths.size()) +
                     ", expected one for each of the " + std::to_string(Tq) +
                     " queries, or a single one for all");
  }
  for (const std::size_t length : lengths) {
    if (length <= Tk) continue;
    throw ShapeError("valid length " + std::to_string(length) + " is beyond the last of the " +
                     std::to_string(Tk) + " keys");
  }
}

Mask valid_lengths(const std::vector<std::size_t>& lengths, std::size_t Tq, std::size_t Tk) {
  expect_lengths(lengths, Tq, Tk);
  return where(Tq, Tk, [&](std::size_t i, std::size_t j) {
    return j < (lengths.size() == 1 ? lengths[0] : lengths[i]);
  });
}

Mask both(const Mask& a, const Mask& b) {
  expect_shape("mask", shape_of(b), shape_of(a), "Tq,Tk", "the shape of the other mask");
  return where(a.shape(0), a.shape(1),
               [&](std::size_t i, std::size_t j) { return a(i, j) && b(i, j); });
}

Mask leave_one_out(std::size_t n) {
  return where(n, n, [](std::size_t i, std::size_t j) { return i != j; });
}

}  // namespace attn::mask
