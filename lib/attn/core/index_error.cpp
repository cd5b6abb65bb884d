#include "attn/core/index_error.hpp"

#include <string>

#include "attn/core/shape_error.hpp"

namespace attn {
namespace {

std::string shown(std::size_t index) { return std::to_string(static_cast<std::ptrdiff_t>(index)); }

/// "the row must be from 0 to 2"
std::string wanted(std::size_t axis, std::size_t axes, std::size_t extent) {
  if (extent == 0) return "it is empty, and has to be given its shape first, by zeros(...) or so";
  const std::string number = std::to_string(axis + 1);
  const std::string which = axes == 1   ? "it"
                            : axes > 2  ? "index " + number
                            : axis == 0 ? "the row"
                                        : "the column";
  return which + " must be from 0 to " + std::to_string(extent - 1);
}

}  // namespace

void throw_index_error(const std::size_t* index, const std::size_t* shape, std::size_t axes) {
  std::string at;
  std::size_t wrong = axes;
  for (std::size_t axis = 0; axis < axes; ++axis) {
    at += (at.empty() ? "" : ", ") + shown(index[axis]);
    if (wrong == axes && index[axis] >= shape[axis]) wrong = axis;
  }
  throw ShapeError("index (" + at + ") in a tensor of shape " +
                   to_string(Shape(shape, shape + axes)) + ": " +
                   wanted(wrong, axes, shape[wrong]));
}

void throw_unfit_shapes(const std::size_t* a, std::size_t a_axes, const std::size_t* b,
                        std::size_t b_axes) {
  throw ShapeError("tensors of shapes " + to_string(Shape(a, a + a_axes)) + " and " +
                   to_string(Shape(b, b + b_axes)) +
                   " cannot be added or multiplied entry by entry");
}

}  // namespace attn
