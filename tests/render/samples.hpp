/// Traces to show and to compare, put together in a line or two.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "attn/trace/trace.hpp"

namespace attn::test {

using Labels = std::vector<std::vector<std::string>>;

inline trace::Tensor tensor(std::string name, std::vector<std::string> axes,
                            std::vector<std::size_t> shape, std::vector<double> values,
                            std::string kind = "", Labels labels = {}) {
  trace::Tensor t;
  t.name = std::move(name);
  t.axes = std::move(axes);
  t.shape = std::move(shape);
  t.values = std::move(values);
  t.kind = std::move(kind);
  t.labels = std::move(labels);
  return t;
}

inline trace::Tensor scalar(std::string name, double value) {
  return tensor(std::move(name), {}, {}, {value});
}

inline trace::Step step(std::string id, std::vector<trace::Tensor> tensors) {
  trace::Step s;
  s.id = std::move(id);
  s.title = "Step " + s.id;
  s.tensors = std::move(tensors);
  return s;
}

inline trace::Trace trace_of(std::vector<trace::Step> steps) {
  trace::Trace t;
  t.chapter = "sample";
  t.title = "A sample";
  t.steps = std::move(steps);
  return t;
}

}  // namespace attn::test
