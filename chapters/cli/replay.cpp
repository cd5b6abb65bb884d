#include "chapters/cli/replay.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstdio>

#include "attn/core/exercise.hpp"
#include "attn/io/trace_json.hpp"
#include "chapters/cli/commands.hpp"
#include "chapters/cli/last_words.hpp"
#include "chapters/cli/run.hpp"
#include "chapters/registry.hpp"

namespace attn::cli {
namespace {

constexpr const char* events_step = "events";

/// The results in the last step of a replay's trace, by step and time.
std::map<std::string, std::vector<exercise::Value>> given_by(const std::string& path) {
  std::map<std::string, std::vector<exercise::Value>> given;
  const trace::Trace trace = io::read_trace(path);
  if (trace.steps.empty() || trace.steps.back().id != events_step) {
    throw io::InputError(io::Place{.source = path},
                         "has no step events, expected a trace that `attn replay` wrote");
  }
  for (const trace::Tensor& tensor : trace.steps.back().tensors) {
    const std::size_t mark = tensor.name.rfind('#');
    std::size_t time = exercise::most_events;
    if (mark != std::string::npos) {
      std::from_chars(tensor.name.data() + mark + 1, tensor.name.data() + tensor.name.size(), time);
    }
    if (time >= exercise::most_events) {
      throw io::InputError(io::Place{.source = path}, "found an event called \"" + tensor.name +
                                                          "\", expected a name such as "
                                                          "scaled_dot.scores#0");
    }
    std::vector<exercise::Value>& times = given[tensor.name.substr(0, mark)];
    if (times.size() <= time) times.resize(time + 1);
    times[time] = {tensor.shape, tensor.values};
  }
  return given;
}

trace::Tensor tensor_of(const exercise::Event& event, std::size_t time) {
  trace::Tensor tensor;
  tensor.name = fmt::format("{}#{}", event.step, time);
  for (std::size_t axis = 0; axis < event.own.shape.size(); ++axis) {
    tensor.axes.push_back(std::to_string(axis));
  }
  tensor.labels.resize(tensor.axes.size());
  tensor.shape = event.own.shape;
  tensor.values = event.own.values;
  return tensor;
}

}  // namespace

int replay(const Replay& replay) {
  const io::Source source = io::read_source(replay.config);
  const chapters::Chapter& chapter = chapters::named_in(source);
  exercise::Watch watch;
  watch.mistake = replay.mistake;
  if (!replay.given.empty()) watch.given = given_by(replay.given);
  trace::Step events;
  events.id = events_step;
  Attempt ran;
  {
    LastWords last_words{std::string(chapter.name)};
    std::map<std::string, std::size_t> times;
    watch.on_event = [&](const exercise::Event& event) {
      events.tensors.push_back(tensor_of(event, times[event.step]++));
      last_words.add(events.tensors.back());
    };
    exercise::set_watch(&watch);
    ran = attempt(chapter, source, {}, {.gradients = true});
    exercise::set_watch(nullptr);
  }
  if (replay.events_only) ran.trace.steps.clear();
  ran.trace.steps.push_back(std::move(events));
  print(io::to_json(ran.trace));
  if (ran.problem.empty()) return done;
  fmt::print(stderr, "{}\n", ran.problem);
  return bad_input;
}

}  // namespace attn::cli
