#include "attn/trace/diff.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace attn::trace {
namespace {

using What = Difference::What;

/// A tensor and where in the trace it stands.
struct Found {
  const Step* step = nullptr;
  const Tensor* tensor = nullptr;
  std::size_t order = 0;  ///< counts the tensors of the whole trace
};

Found locate(const Trace& trace, const std::string& name) {
  std::size_t order = 0;
  for (const Step& step : trace.steps) {
    for (const Tensor& tensor : step.tensors) {
      if (tensor.name == name) return {&step, &tensor, order};
      ++order;
    }
  }
  return {};
}

const Step* locate_step(const Trace& trace, const std::string& id) {
  for (const Step& step : trace.steps) {
    if (step.id == id) return &step;
  }
  return nullptr;
}

/// How many letters to insert, delete or replace to get from `a` to `b` (Levenshtein).
std::size_t edits(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

/// The tensor that `name` was probably meant to be, or "". At most a third of its letters differ,
/// or it is the same but for what stands before a dot: "scores" and "t1.scores".
std::string nearest(const Trace& trace, const std::string& name) {
  std::string best;
  std::size_t limit = name.size() / 3 + 1;
  for (const Step& step : trace.steps) {
    for (const Tensor& tensor : step.tensors) {
      const std::size_t distance = tensor.name.ends_with("." + name) ? 0 : edits(name, tensor.name);
      if (distance >= limit) continue;
      best = tensor.name;
      limit = distance;
    }
  }
  return best;
}

void expect_whole(const std::string& name, const std::vector<std::size_t>& shape,
                  const std::vector<double>& values) {
  std::size_t cells = 1;
  for (const std::size_t extent : shape) cells *= extent;
  if (cells != values.size()) {
    throw std::invalid_argument(name + " has " + std::to_string(values.size()) +
                                " values, but its shape wants " + std::to_string(cells));
  }
}

double allowed_for(const Expectation& e, double expected) {
  return e.absolute + e.relative * std::abs(expected);
}

bool agree(const Expectation& e, double expected, double got) {
  if (std::isnan(expected) || std::isnan(got)) return std::isnan(expected) && std::isnan(got);
  // Not a matter of tolerance: inf - inf is NaN, and a relative tolerance of inf allows anything.
  if (std::isinf(expected) || std::isinf(got)) return expected == got;
  const double difference = std::abs(got - expected), allowed = allowed_for(e, expected);
  if (std::isfinite(difference) || std::isfinite(allowed)) return difference <= allowed;
  // Both beyond the largest number: in quarters, which are not.
  return std::abs(0.25 * got - 0.25 * expected) <=
         0.25 * e.absolute + e.relative * (0.25 * std::abs(expected));
}

/// Row-major position to one index for each axis.
std::vector<std::size_t> unravel(std::size_t flat, const std::vector<std::size_t>& shape) {
  std::vector<std::size_t> cell(shape.size());
  for (std::size_t axis = shape.size(); axis-- > 0;) {
    cell[axis] = flat % shape[axis];
    flat /= shape[axis];
  }
  return cell;
}

std::vector<std::string> names_of(const Tensor& tensor, const std::vector<std::size_t>& cell) {
  std::vector<std::string> names(cell.size());
  for (std::size_t axis = 0; axis < std::min(cell.size(), tensor.labels.size()); ++axis) {
    const std::vector<std::string>& labels = tensor.labels[axis];
    if (cell[axis] < labels.size()) names[axis] = labels[cell[axis]];
  }
  return names;
}

/// What is the same in every difference from `e`.
Difference difference_from(const Expectation& e, What what) {
  Difference d;
  d.what = what;
  d.tensor = e.tensor;
  d.cells = e.values.size();
  d.expected_shape = e.shape;
  d.source = e.source;
  d.place = e.place;
  return d;
}

Difference missing(const Trace& trace, const Expectation& e) {
  Difference d = difference_from(e, What::missing);
  d.nearest = nearest(trace, e.tensor);
  return d;
}

std::optional<Difference> compare(const Found& found, const Expectation& e) {
  const Tensor& got = *found.tensor;
  Difference d = difference_from(e, What::value);
  d.step = found.step->id;
  d.axes = got.axes;
  d.got_shape = got.shape;
  expect_whole("the expectation of " + e.tensor, e.shape, e.values);
  if (got.absent()) {
    d.what = What::absent;
    return d;
  }
  expect_whole(got.name, got.shape, got.values);
  if (got.shape != e.shape) {
    d.what = What::shape;
    return d;
  }
  for (std::size_t i = 0; i < e.values.size(); ++i) {
    if (agree(e, e.values[i], got.values[i])) continue;
    if (d.differing++ > 0) continue;
    d.cell = unravel(i, e.shape);
    d.names = names_of(got, d.cell);
    d.expected = e.values[i];
    d.got = got.values[i];
    d.allowed = allowed_for(e, d.expected);
  }
  if (d.differing == 0) return std::nullopt;
  return d;
}

Difference lone_step(What what, const Step& step) {
  Difference d;
  d.what = what;
  d.step = step.id;
  return d;
}

/// The first step or tensor of `got` that `expected` does not have, or has not computed.
std::optional<Difference> first_extra(const Trace& got, const Trace& expected) {
  for (const Step& step : got.steps) {
    if (step.tensors.empty() && locate_step(expected, step.id) == nullptr) {
      return lone_step(What::extra, step);
    }
    for (const Tensor& tensor : step.tensors) {
      const Tensor* wanted = find(expected, tensor.name);
      if (wanted != nullptr && wanted->absent() <= tensor.absent()) continue;
      Difference d = lone_step(What::extra, step);
      d.tensor = tensor.name;
      d.axes = tensor.axes;
      d.got_shape = tensor.shape;
      return d;
    }
  }
  return std::nullopt;
}

Expectation expectation_of(const Tensor& tensor, const Tolerance& tolerance) {
  return {.tensor = tensor.name,
          .shape = tensor.shape,
          .values = tensor.values,
          .absolute = tolerance.absolute,
          .relative = tolerance.relative,
          .source = "",
          .place = ""};
}

}  // namespace

std::optional<Difference> first_difference(const Trace& got,
                                           const std::vector<Expectation>& expected) {
  std::vector<std::pair<Found, const Expectation*>> ordered;
  for (const Expectation& e : expected) {
    const Found found = locate(got, e.tensor);
    if (found.tensor == nullptr) return missing(got, e);
    ordered.emplace_back(found, &e);
  }
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const auto& a, const auto& b) { return a.first.order < b.first.order; });
  for (const auto& [found, e] : ordered) {
    if (std::optional<Difference> d = compare(found, *e)) return d;
  }
  return std::nullopt;
}

std::optional<Difference> first_difference(const Trace& got, const Trace& expected,
                                           const Tolerance& tolerance) {
  for (const Step& step : expected.steps) {
    if (step.tensors.empty() && locate_step(got, step.id) == nullptr) {
      return lone_step(What::missing, step);
    }
    for (const Tensor& tensor : step.tensors) {
      const Found found = locate(got, tensor.name);
      const Expectation e = expectation_of(tensor, tolerance);
      if (found.tensor == nullptr) {
        Difference d = missing(got, e);
        d.step = step.id;
        d.axes = tensor.axes;
        return d;
      }
      if (tensor.absent()) continue;
      if (std::optional<Difference> d = compare(found, e)) return d;
    }
  }
  return first_extra(got, expected);
}

std::vector<Expectation> expectations_of(const Trace& trace, const Tolerance& tolerance) {
  std::vector<Expectation> expectations;
  for (const Step& step : trace.steps) {
    for (const Tensor& tensor : step.tensors) {
      if (!tensor.absent()) expectations.push_back(expectation_of(tensor, tolerance));
    }
  }
  return expectations;
}

}  // namespace attn::trace
