#include "attn/trace/build.hpp"

#include <utility>

namespace attn::trace {
namespace {

std::string kind_name(Kind kind) {
  switch (kind) {
    case Kind::number:
      return "";
    case Kind::weight:
      return "weight";
    case Kind::score:
      return "score";
    case Kind::mask:
      return "mask";
    case Kind::wave:
      return "wave";
  }
  return "";
}

}  // namespace

Builder::Builder(std::string chapter, std::string title, std::string source) {
  trace_.chapter = std::move(chapter);
  trace_.title = std::move(title);
  trace_.source = std::move(source);
}

void Builder::label(const std::string& axis, std::vector<std::string> names) {
  labels_[axis] = std::move(names);
}

std::string Builder::name_of(const std::string& axis, std::size_t index) const {
  const auto names = labels_.find(axis);
  if (names != labels_.end() && index < names->second.size() && !names->second[index].empty()) {
    return names->second[index];
  }
  return "[" + std::to_string(index) + "]";
}

Step& Builder::step(std::string id, std::string title, std::string prose, std::string formula,
                    std::string source) {
  if (!ids_.insert(id).second) throw std::logic_error("two steps are called " + id);
  trace_.steps.push_back({.id = std::move(id),
                          .title = std::move(title),
                          .formula = std::move(formula),
                          .source = std::move(source),
                          .prose = std::move(prose),
                          .drawing = {},
                          .tensors = {},
                          .plots = {}});
  return trace_.steps.back();
}

void Builder::table(const Field& field, const std::vector<std::pair<std::string, Vec>>& columns) {
  std::vector<std::string> names;
  Mat all = zeros(columns.front().second.size(), columns.size());
  for (std::size_t j = 0; j < columns.size(); ++j) {
    names.push_back(columns[j].first);
    for (std::size_t i = 0; i < rows(all); ++i) all(i, j) = columns[j].second(i);
  }
  label(split_axes(field.axes).back(), names);
  tensor(field, all);
}

void Builder::add(const Field& field, const std::string& prefix, Shape shape,
                  std::vector<double> values) {
  Tensor tensor;
  tensor.name = prefix + std::string(field.name);
  tensor.axes = split_axes(field.axes);
  for (std::string& axis : tensor.axes) {
    const auto shown = shown_as_.find(axis);
    if (shown != shown_as_.end()) axis = shown->second;
  }
  tensor.shape = std::move(shape);
  tensor.values = std::move(values);
  tensor.kind = kind_name(field.kind);
  tensor.formula = field.formula;
  tensor.folded = folded_;
  if (tensor.axes.size() != tensor.shape.size()) {
    throw std::logic_error("the axes of " + tensor.name + " do not fit its shape");
  }
  if (!names_.insert(tensor.name).second) {
    throw std::logic_error("two tensors are called " + tensor.name);
  }
  for (std::size_t i = 0; i < tensor.axes.size(); ++i) {
    const auto names = labels_.find(tensor.axes[i]);
    const bool fits = names != labels_.end() && names->second.size() == tensor.shape[i];
    tensor.labels.push_back(fits ? names->second : std::vector<std::string>{});
  }
  trace_.steps.back().tensors.push_back(std::move(tensor));
}

}  // namespace attn::trace
