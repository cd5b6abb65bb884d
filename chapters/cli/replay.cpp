#include "chapters/cli/replay.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstdio>

#include "attn/core/exercise.hpp"
#include "attn/io/trace_json.hpp"
#include "chapters/cli/commands.hpp"
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

trace::Step events_of(const exercise::Watch& watch) {
  trace::Step step;
  step.id = events_step;
  std::map<std::string, std::size_t> times;
  for (const exercise::Event& event : watch.events) {
    trace::Tensor tensor;
    tensor.name = fmt::format("{}#{}", event.step, times[event.step]++);
    for (std::size_t axis = 0; axis < event.own.shape.size(); ++axis) {
      tensor.axes.push_back(std::to_string(axis));
    }
    tensor.labels.resize(tensor.axes.size());
    tensor.shape = event.own.shape;
    tensor.values = event.own.values;
    step.tensors.push_back(std::move(tensor));
  }
  return step;
}

}  // namespace

int replay(const Replay& replay) {
  const io::Source source = io::read_source(replay.config);
  const chapters::Chapter& chapter = chapters::named_in(source);
  exercise::Watch watch;
  watch.mistake = replay.mistake;
  if (!replay.given.empty()) watch.given = given_by(replay.given);
  exercise::set_watch(&watch);
  Attempt ran = attempt(chapter, source, {}, {.gradients = true});
  exercise::set_watch(nullptr);
  if (replay.events_only) ran.trace.steps.clear();
  ran.trace.steps.push_back(events_of(watch));
  print(io::to_json(ran.trace));
  if (ran.problem.empty()) return done;
  fmt::print(stderr, "{}\n", ran.problem);
  return bad_input;
}

}  // namespace attn::cli
