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

bool called(const trace::Tensor& tensor, const std::string& field) {
  return tensor.name == field || tensor.name.ends_with("." + field);
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

/// The item that an event is of. A mechanism that is run again for the same tensor, as for a
/// gradient, has the same numbers again.
std::optional<std::size_t> item_of(const trace::Trace& reference, const std::vector<Item>& items,
                                   const trace::Tensor& of) {
  std::optional<std::size_t> again;
  for (std::size_t n = 0; n < items.size(); ++n) {
    if (items[n].event == of.name) return n;
    if (again || items[n].step != step_of(of.name)) continue;
    const trace::Tensor* first = event(reference, items[n].event);
    if (first != nullptr && same_numbers(*first, of)) again = n;
  }
  return again;
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

std::vector<Item> items_of(const trace::Trace& replay) {
  const std::vector<const trace::Tensor*> tensors = shown_tensors(replay);
  std::vector<Item> items;
  std::map<std::string, std::set<std::string>> taken;  // by step
  for (const trace::Tensor& event : events_of(replay)) {
    const std::string step = step_of(event.name);
    const std::string field = step.substr(step.find('.') + 1);
    const trace::Tensor* best = nullptr;
    for (const trace::Tensor* tensor : tensors) {
      if (!called(*tensor, field) || !same_numbers(*tensor, event)) continue;
      if (taken[step].contains(tensor->name)) continue;
      if (best == nullptr || tensor->name == step) best = tensor;
    }
    if (best == nullptr) continue;
    taken[step].insert(best->name);
    items.push_back({step, best->name, event.name});
  }
  return items;
}

trace::Trace given_by(const trace::Trace& reference, const std::vector<Item>& items,
                      const std::vector<trace::Tensor>& numbers) {
  trace::Trace given;
  given.chapter = reference.chapter;
  trace::Step step;
  step.id = "events";
  for (const trace::Tensor& original : events_of(reference)) {
    trace::Tensor tensor = original;
    tensor.values.clear();
    const std::optional<std::size_t> item = item_of(reference, items, original);
    if (item && numbers[*item].shape == original.shape) tensor.values = numbers[*item].values;
    step.tensors.push_back(std::move(tensor));
  }
  given.steps.push_back(std::move(step));
  return given;
}

}  // namespace attn::grading
