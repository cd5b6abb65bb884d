#include "attn/io/config/axes.hpp"

#include <algorithm>

#include "attn/core/axes.hpp"
#include "attn/io/config/overrides.hpp"
#include "attn/io/config/words.hpp"

namespace attn::io {
namespace {

constexpr std::string_view number_of_things = "number of ";

/// A node that knows where it stands and nothing else.
Node place_of(const Node& node) {
  Node place;
  place.source = node.source;
  place.line = node.line;
  place.column = node.column;
  return place;
}

}  // namespace

void Axes::bind(const FieldSpec& field, const Shape& shape, const Node& node, Faults& faults) {
  const std::vector<std::string> axes = split_axes(field.axes);
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const std::string here = says(axes[i], shape.at(i), i, axes.size());
    if (summands(axes[i]).size() > 1) {
      check_sum(field, axes[i], here, shape[i], node, faults);
      continue;
    }
    const auto [first, is_new] =
        bound_.emplace(axes[i], Bound{shape[i], field.path, here, place_of(node)});
    const Bound& other = first->second;
    if (is_new || other.extent == shape[i]) continue;
    faults.add(node, field.path + " " + has_or_have(field.path) + " " + here + " (axis " + axes[i] +
                         "), but " + other.path + " (" + place_beside(other.node, node) + ") " +
                         has_or_have(other.path) + " " + other.says);
  }
}

void Axes::check_sum(const FieldSpec& field, const std::string& axis, const std::string& here,
                     std::size_t extent, const Node& node, Faults& faults) const {
  const std::optional<std::size_t> sum = this->extent(axis);
  if (!sum || *sum == extent) return;
  std::string parts;
  for (const std::string& part : summands(axis)) {
    parts += (parts.empty() ? "" : " and ") + part + " = " + std::to_string(*this->extent(part)) +
             " (" + fixed_by(part, node) + ")";
  }
  faults.add(node, field.path + " " + has_or_have(field.path) + " " + here + " (axis " + axis +
                       "), expected " + std::to_string(*sum) + ": " + parts);
}

bool Axes::let_be(const std::string& axis, const std::string& as) {
  const auto known = bound_.find(as);
  if (known == bound_.end() || bound_.contains(axis)) return false;
  bound_.insert({axis, known->second});
  return true;
}

std::optional<std::size_t> Axes::extent(const std::string& axis) const {
  std::size_t sum = 0;
  for (const std::string& part : summands(axis)) {
    const auto found = bound_.find(part);
    if (found == bound_.end()) return std::nullopt;
    sum += found->second.extent;
  }
  return sum;
}

std::optional<Shape> Axes::shape(const std::vector<std::string>& axes) const {
  Shape shape;
  for (const std::string& axis : axes) {
    const std::optional<std::size_t> known = extent(axis);
    if (!known) return std::nullopt;
    shape.push_back(*known);
  }
  return shape;
}

std::string Axes::meaning(const std::string& axis) const {
  for (const AxisSpec& spec : schema_.axes) {
    if (spec.name == axis) return spec.meaning;
  }
  return "";
}

std::string Axes::named(const std::string& axis) const {
  const std::string what = meaning(axis);
  return what.empty() ? axis : axis + ", " + what;
}

std::string Axes::things(const std::string& axis) const {
  const std::string what = meaning(axis);
  return what.starts_with(number_of_things) ? what.substr(number_of_things.size()) : "";
}

std::string Axes::fixed_by(const std::string& axis, const Node& node) const {
  std::string text;
  for (const std::string& part : summands(axis)) {
    const Bound& bound = bound_.at(part);
    text += (text.empty() ? "" : " and ") + bound.path + ", " + place_beside(bound.node, node);
  }
  return text;
}

std::string Axes::says(const std::string& axis, std::size_t extent, std::size_t index,
                       std::size_t rank) const {
  const std::string what = meaning(axis);
  const std::size_t of = what.find(" of ");
  if (of != std::string::npos && !what.starts_with(number_of_things)) {
    return what.substr(0, of) + " " + std::to_string(extent);
  }
  if (rank == 1) return std::to_string(extent) + (extent == 1 ? " entry" : " entries");
  if (rank == 2) return counted(extent, index == 0 ? "row" : "column");
  return "extent " + std::to_string(extent);
}

std::map<std::string, std::size_t> Axes::extents() const {
  std::map<std::string, std::size_t> result;
  for (const auto& [axis, bound] : bound_) result[axis] = bound.extent;
  return result;
}

std::vector<std::string> summands(const std::string& axis) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= axis.size();) {
    const std::size_t plus = std::min(axis.find('+', begin), axis.size());
    parts.push_back(axis.substr(begin, plus - begin));
    begin = plus + 1;
  }
  return parts;
}

bool has_sum(const FieldSpec& field) { return field.axes.find('+') != std::string::npos; }

std::string place_beside(const Node& other, const Node& node) {
  if (other.line == 0 && !is_override(other)) return "its default";
  if (other.source == node.source && other.line > 0) return "line " + std::to_string(other.line);
  return to_string(other.place());
}

}  // namespace attn::io
