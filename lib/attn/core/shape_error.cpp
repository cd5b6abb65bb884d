#include "attn/core/shape_error.hpp"

#include "attn/core/axes.hpp"

namespace attn {

std::string to_string(const Shape& shape) {
  std::string text = "(";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    text += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
  }
  return text + ")";
}

Shape cell_of(std::size_t index, const Shape& shape) {
  Shape cell(shape.size());
  for (std::size_t axis = shape.size(); axis-- > 0;) {
    cell[axis] = index % shape[axis];
    index /= shape[axis];
  }
  return cell;
}

void expect_shape(std::string_view name, const Shape& found, const Shape& expected,
                  std::string_view axes, std::string_view why) {
  if (found == expected) return;
  std::string named;
  for (const std::string& axis : split_axes(axes)) named += (named.empty() ? "" : ", ") + axis;
  if (!named.empty()) named = ", that is (" + named + ")";
  throw ShapeError(std::string(name) + " has shape " + to_string(found) + ", expected " +
                   to_string(expected) + named + ": " + std::string(why));
}

void expect_nonempty(std::string_view name, const Shape& found, std::string_view axes) {
  const std::vector<std::string> names = split_axes(axes);
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (found[i] != 0) continue;
    throw ShapeError(std::string(name) + " has shape " + to_string(found) + ": axis " +
                     names.at(i) + " is empty");
  }
}

}  // namespace attn
