#include "attn/core/exercise.hpp"

#include <utility>

namespace attn::exercise {
namespace {

Watch* watching = nullptr;

}  // namespace

void set_watch(Watch* watch) { watching = watch; }

bool is_watched() { return watching != nullptr; }

std::optional<Value> report(std::string_view step, Value own) {
  std::vector<Event>& events = watching->events;
  std::size_t before = 0;
  for (const Event& event : events) {
    if (event.step == step) ++before;
  }
  if (events.size() < most_events) {
    events.push_back({std::string(step), std::move(own)});
    if (watching->on_event) watching->on_event(events.back());
  }
  const auto given = watching->given.find(std::string(step));
  if (given == watching->given.end() || before >= given->second.size()) return std::nullopt;
  if (given->second[before].values.empty()) return std::nullopt;
  return given->second[before];
}

bool done(std::string_view step, double& value) {
  if (is_watched()) {
    Value own;
    if (is_written(value)) own.values = {value};
    const std::optional<Value> given = report(step, std::move(own));
    if (given && given->shape.empty()) value = given->values.front();
  }
  return is_written(value);
}

bool mistaken(std::string_view mistake) {
  return watching != nullptr && watching->mistake == mistake;
}

}  // namespace attn::exercise
