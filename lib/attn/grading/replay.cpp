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
