#include "chapters/cli/replay.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <map>
#include <stdexcept>

#include "attn/core/exercise.hpp"
#include "attn/grading/wire.hpp"
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

trace::Tensor tensor_of(const std::string& name, const exercise::Value& value) {
  trace::Tensor tensor;
  tensor.name = name;
  for (std::size_t axis = 0; axis < value.shape.size(); ++axis) {
    tensor.axes.push_back(std::to_string(axis));
  }
  tensor.labels.resize(tensor.axes.size());
  tensor.shape = value.shape;
  tensor.values = value.values;
  return tensor;
}

/// The program's side of the talk with its grader.
class Grader {
 public:
  Grader(int results, int answers) : results_(results), answers_(answers) {}

  void tell(const grading::Message& message) const {
    const std::string bytes = grading::encoded(message);
    for (std::size_t done = 0; done < bytes.size();) {
      const ssize_t written = write(results_, bytes.data() + done, bytes.size() - done);
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) throw std::runtime_error("nobody reads the results");
      done += static_cast<std::size_t>(written);
    }
  }

  /// What takes the place of a result; nothing if it stays.
  std::optional<exercise::Value> ask(const exercise::Event& event) {
    tell({.kind = grading::Message::Kind::result, .tensor = tensor_of(event.step, event.own)});
    for (;;) {
      if (const std::optional<grading::Message> answer = reader_.next()) {
        if (answer->tensor.absent()) return std::nullopt;
        return exercise::Value{answer->tensor.shape, answer->tensor.values};
      }
      char bytes[65536];
      const ssize_t got = read(answers_, bytes, sizeof bytes);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) throw std::runtime_error("nobody answers");
      reader_.feed({bytes, static_cast<std::size_t>(got)});
    }
  }

 private:
  int results_, answers_;
  grading::MessageReader reader_{std::uint64_t{1} << 32};
};

Attempt watched(exercise::Watch& watch, const chapters::Chapter& chapter,
                const io::Source& source) {
  exercise::set_watch(&watch);
  Attempt ran = attempt(chapter, source, {}, {.gradients = true});
  exercise::set_watch(nullptr);
  return ran;
}

int replay_to_grader(const Replay& replay, const chapters::Chapter& chapter,
                     const io::Source& source) {
  using Kind = grading::Message::Kind;
  Grader grader(replay.results, replay.answers);
  exercise::Watch watch{.mistake = replay.mistake,
                        .skipped = {replay.skipped.begin(), replay.skipped.end()}};
  watch.on_event = [&](const exercise::Event& event) { return grader.ask(event); };
  const LastWords last_words(replay.results);
  const Attempt ran = watched(watch, chapter, source);
  if (!ran.problem.empty()) grader.tell({.kind = Kind::problem, .text = ran.problem});
  grader.tell({.kind = Kind::shown, .text = io::to_json(ran.trace)});
  return ran.problem.empty() ? done : bad_input;
}

int replay_printed(const Replay& replay, const chapters::Chapter& chapter,
                   const io::Source& source) {
  exercise::Watch watch{.mistake = replay.mistake};
  std::map<std::string, std::vector<exercise::Value>> given;
  if (!replay.given.empty()) given = given_by(replay.given);
  trace::Step events;
  events.id = events_step;
  watch.on_event = [&](const exercise::Event& event) -> std::optional<exercise::Value> {
    events.tensors.push_back(tensor_of(fmt::format("{}#{}", event.step, event.time), event.own));
    const auto times = given.find(event.step);
    if (times == given.end() || event.time >= times->second.size()) return std::nullopt;
    if (times->second[event.time].values.empty()) return std::nullopt;
    return times->second[event.time];
  };
  Attempt ran = watched(watch, chapter, source);
  if (replay.events_only) ran.trace.steps.clear();
  ran.trace.steps.push_back(std::move(events));
  print(io::to_json(ran.trace));
  if (ran.problem.empty()) return done;
  fmt::print(stderr, "{}\n", ran.problem);
  return bad_input;
}

}  // namespace

int replay(const Replay& replay) {
  const io::Source source = io::read_source(replay.config);
  const chapters::Chapter& chapter = chapters::named_in(source);
  return replay.results < 0 ? replay_printed(replay, chapter, source)
                            : replay_to_grader(replay, chapter, source);
}

}  // namespace attn::cli
