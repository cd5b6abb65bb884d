#include "attn/grading/replay.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>
#include <set>

namespace attn::grading {
namespace {

bool same_numbers(const trace::Tensor& a, const trace::Tensor& b) {
  return a.shape == b.shape && a.values.size() == b.values.size() &&
         std::memcmp(a.values.data(), b.values.data(), a.values.size() * sizeof(double)) == 0;
}

/// Are the numbers of `a` those of one row of `b`?
bool same_as_row(const trace::Tensor& a, const trace::Tensor& b, std::size_t row) {
  if (b.shape.empty() ||
      !std::equal(a.shape.begin(), a.shape.end(), b.shape.begin() + 1, b.shape.end())) {
    return false;
  }
  const std::size_t size = a.values.size();
  return (row + 1) * size <= b.values.size() && size > 0 &&
         std::memcmp(a.values.data(), b.values.data() + row * size, size * sizeof(double)) == 0;
}

bool called(const trace::Tensor& tensor, const std::string& field) {
  return tensor.name == field || tensor.name.ends_with("." + field);
}

/// How much is the tensor called as the step is? "pooling.weights" itself is better than
/// "t2.pooling.weights", and that is better than "weights".
int likeness(const trace::Tensor& tensor, const std::string& step) {
  if (tensor.name == step) return 2;
  return tensor.name.ends_with("." + step) ? 1 : 0;
}

/// All tensors of the trace but its events.
std::vector<const trace::Tensor*> shown_tensors(const trace::Trace& replay) {
  std::vector<const trace::Tensor*> tensors;
  for (const trace::Step& step : replay.steps) {
    if (step.id == "events" || step.id == "mistakes") continue;
    for (const trace::Tensor& tensor : step.tensors) tensors.push_back(&tensor);
  }
  return tensors;
}

}  // namespace

const std::vector<trace::Tensor>& events_of(const trace::Trace& replay) {
  static const std::vector<trace::Tensor> none;
  const bool has = !replay.steps.empty() && replay.steps.back().id == "events";
  return has ? replay.steps.back().tensors : none;
}

const trace::Tensor* event(const trace::Trace& replay, const std::string& name) {
  for (const trace::Tensor& tensor : events_of(replay)) {
    if (tensor.name == name) return &tensor;
  }
  return nullptr;
}

std::string step_of(const std::string& event) { return event.substr(0, event.rfind('#')); }

std::optional<trace::Tensor> shown_for(const trace::Trace& trace, const Item& item) {
  const trace::Tensor* shown = trace::find(trace, item.tensor);
  if (shown == nullptr) return std::nullopt;
  if (!item.row) return *shown;
  if (shown->shape.empty() || *item.row >= shown->shape.front()) return std::nullopt;
  trace::Tensor row = *shown;
  row.name += "[" + std::to_string(*item.row) + "]";
  row.shape.erase(row.shape.begin());
  if (!row.axes.empty()) row.axes.erase(row.axes.begin());
  if (!row.labels.empty()) row.labels.erase(row.labels.begin());
  const std::size_t size = shown->values.size() / shown->shape.front();
  const auto first = shown->values.begin() + static_cast<std::ptrdiff_t>(*item.row * size);
  row.values.assign(first, first + static_cast<std::ptrdiff_t>(size));
  return row;
}

std::vector<Item> items_of(const trace::Trace& replay) {
  const std::vector<const trace::Tensor*> tensors = shown_tensors(replay);
  std::vector<Item> items;
  std::map<std::string, std::set<std::string>> taken;  // by step
  std::map<std::string, std::set<std::pair<std::string, std::size_t>>> taken_rows;
  for (const trace::Tensor& event : events_of(replay)) {
    const std::string step = step_of(event.name);
    const std::string field = step.substr(step.find('.') + 1);
    const trace::Tensor* best = nullptr;
    std::optional<std::size_t> best_row;
    for (const trace::Tensor* tensor : tensors) {
      if (!called(*tensor, field) || !same_numbers(*tensor, event)) continue;
      if (taken[step].contains(tensor->name)) continue;
      if (best == nullptr || likeness(*tensor, step) > likeness(*best, step)) best = tensor;
    }
    for (const trace::Tensor* tensor : tensors) {
      if (best != nullptr) break;
      if (!called(*tensor, field) || tensor->shape.empty()) continue;
      for (std::size_t row = 0; row < tensor->shape.front() && best == nullptr; ++row) {
        if (!same_as_row(event, *tensor, row)) continue;
        if (!taken_rows[step].insert({tensor->name, row}).second) continue;
        best = tensor;
        best_row = row;
      }
    }
    if (best == nullptr) continue;
    if (!best_row) taken[step].insert(best->name);
    items.push_back({step, best->name, event.name, best_row});
  }
  return items;
}

std::vector<std::optional<std::size_t>> owners_of(const trace::Trace& replay,
                                                  const std::vector<Item>& items) {
  const std::vector<trace::Tensor>& events = events_of(replay);
  std::vector<const trace::Tensor*> first(items.size());
  for (std::size_t n = 0; n < items.size(); ++n) first[n] = event(replay, items[n].event);
  std::vector<std::optional<std::size_t>> owners(events.size());
  for (std::size_t e = 0; e < events.size(); ++e) {
    const std::string step = step_of(events[e].name);
    for (std::size_t n = 0; n < items.size(); ++n) {
      const bool own = first[n] == &events[e];
      if (own || (!owners[e] && items[n].step == step && same_numbers(*first[n], events[e]))) {
        owners[e] = n;
      }
      if (own) break;
    }
  }
  return owners;
}

trace::Trace given_by(const trace::Trace& reference,
                      const std::vector<std::optional<std::size_t>>& owners,
                      const std::vector<trace::Tensor>& numbers) {
  trace::Trace given;
  given.chapter = reference.chapter;
  trace::Step step;
  step.id = "events";
  const std::vector<trace::Tensor>& events = events_of(reference);
  for (std::size_t e = 0; e < events.size(); ++e) {
    trace::Tensor tensor = events[e];
    tensor.values.clear();
    const bool fits = owners[e] && numbers[*owners[e]].shape == tensor.shape;
    if (fits) tensor.values = numbers[*owners[e]].values;
    step.tensors.push_back(std::move(tensor));
  }
  given.steps.push_back(std::move(step));
  return given;
}

}  // namespace attn::grading
