#include "attn/grading/evidence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <set>
#include <stdexcept>

#include "attn/grading/hash.hpp"
#include "attn/io/output.hpp"
#include "attn/io/program_output.hpp"
#include "attn/io/trace_json.hpp"

namespace attn::grading {
namespace {

/// Does the tensor that shows results over time lack some? Then its rows are not at their places: a
/// backward pass begins with the last.
bool lacks_rows(const Case& of, const Run& run, const Item& item) {
  const trace::Tensor* got = trace::find(run.trace, item.tensor);
  const trace::Tensor* right = trace::find(of.key, item.tensor);
  return item.row && got != nullptr && !got->shape.empty() &&
         got->shape.front() < right->shape.front();
}

/// What the submission has for an item: the tensor of its trace, or, where its program stopped
/// before the chapter showed it, the result that the step reported.
trace::Tensor got_for(const Case& of, const Run& run, const Item& item) {
  std::optional<trace::Tensor> shown = shown_for(run.trace, item);
  if (shown && !lacks_rows(of, run, item)) return *shown;
  if (const trace::Tensor* reported = event(run.trace, item.event)) return *reported;
  trace::Tensor none;
  none.name = item.tensor;
  return none;
}

/// Did the program pass through this step, but never get to this of its times? A backward pass
/// through time ends where the step that leads to the time before has not been written: that says
/// nothing of this one.
bool not_reached(const Run& run, const Item& item, const trace::Tensor& got) {
  return item.row && got.absent() && event(run.trace, item.event) == nullptr &&
         event(run.trace, item.step + "#0") != nullptr;
}

/// The right result, under the name and with the axes by which it is shown.
trace::Tensor right_for(const Case& of, const Item& item) {
  return shown_for(of.key, item).value();
}

std::string name_of(const Step& step, std::size_t mistake) {
  return fmt::format("{}/{}", step.id, mistake + 1);
}

/// A file that is gone with the object.
class Scratch {
 public:
  Scratch(const std::string& folder, const std::string& text) : path_(folder + "/given.json") {
    io::write_file(path_, text);
  }
  ~Scratch() { std::remove(path_.c_str()); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace

std::string step_that_shows(const trace::Trace& trace, const std::string& tensor) {
  for (const trace::Step& step : trace.steps) {
    for (const trace::Tensor& candidate : step.tensors) {
      if (candidate.name == tensor) return step.id;
    }
  }
  return "";
}

Run run_from(const Ended& ended) {
  Run run;
  constexpr int used_up = 124;  // of a program that could still say so
  run.out_of_time = ended.how == Ended::How::out_of_time ||
                    (ended.how == Ended::How::exited && ended.status == used_up);
  run.says = ended.err;
  if (ended.how != Ended::How::exited) {
    run.problem = "it " + ended.explain();
    return run;
  }
  if (ended.status != 0) run.problem = "it " + ended.explain();
  try {
    // Whatever its status: the trace is what there was before it stopped.
    io::PrintedTrace printed = io::trace_from_output(ended.out, "its trace");
    run.trace = std::move(printed.trace);
    if (!printed.note.empty()) run.says = printed.note + "\n" + run.says;
  } catch (const std::exception& error) {
    if (ended.status == 0) run.problem = ended.out.empty() ? "it wrote no trace" : error.what();
  }
  return run;
}

Run replay(const std::string& program, const ReplayOf& what) {
  Command command{{program, "replay", what.config}, "", {{"LC_ALL", "C.UTF-8"}}};
  if (!what.given.empty()) command.argv.insert(command.argv.end(), {"--given", what.given});
  if (!what.mistake.empty()) command.argv.insert(command.argv.end(), {"--mistake", what.mistake});
  if (what.events_only) command.argv.emplace_back("--events-only");
  return run_from(run(command, what.limits));
}

Case case_from_key(const std::string& key, const std::string& name, const std::string& config) {
  Run run = replay(key, {.config = config, .limits = {.wall_seconds = 60, .cpu_seconds = 60}});
  if (!run.problem.empty()) {
    throw std::runtime_error(config + ": " + (run.says.empty() ? run.problem : run.says));
  }
  Case of{name, config, std::move(run.trace), {}};
  of.items = items_of(of.key);
  of.owners = owners_of(of.key, of.items);
  return of;
}

trace::Step mistakes_of(const std::string& key, const Assignment& assignment, const Case& of,
                        const std::string& given) {
  trace::Step step;
  step.id = mistakes_step;
  for (const Step& exercise : assignment.steps) {
    for (std::size_t n = 0; n < exercise.mistakes.size(); ++n) {
      const Run run = replay(key, {.config = of.config,
                                   .given = given,
                                   .mistake = name_of(exercise, n),
                                   .events_only = true});
      for (const Item& item : of.items) {
        const trace::Tensor* result = event(run.trace, item.event);
        if (item.step != exercise.id || result == nullptr) continue;
        trace::Tensor tensor = *result;
        tensor.name = name_of(exercise, n) + " " + item.event;
        step.tensors.push_back(std::move(tensor));
      }
    }
  }
  return step;
}

trace::Trace asked_only(const Assignment& assignment, const trace::Trace& replay) {
  trace::Trace asked;
  asked.chapter = replay.chapter;
  asked.steps.resize(1);
  asked.steps.front().id = "events";
  for (const trace::Tensor& result : events_of(replay)) {
    if (assignment.find(step_of(result.name)) == nullptr) continue;
    asked.steps.front().tensors.push_back(result);
  }
  return asked;
}

std::shared_ptr<const trace::Trace> AnswerKey::mistaken(const Assignment& assignment,
                                                        const Case& of,
                                                        const std::string& mistake) const {
  const std::string name = of.config + " " + mistake;
  std::string given;
  {
    const std::lock_guard lock(mutex_);
    const auto known = known_.find(name);
    if (known != known_.end()) return known->second;
    given = folder_ / (Hash().add(of.config).text() + ".json");
    std::error_code error;
    if (!std::filesystem::exists(given, error)) {
      io::write_file(given, io::to_json(asked_only(assignment, of.key)));
    }
  }
  const Run run = replay(
      program_, {.config = of.config, .given = given, .mistake = mistake, .events_only = true});
  trace::Trace
      events;  // of the step alone: there are many mistakes, and a fork copies what we hold
  events.steps.resize(1);
  events.steps.front().id = "events";
  for (const trace::Tensor& tensor : events_of(run.trace)) {
    if (mistake.starts_with(step_of(tensor.name) + "/")) {
      events.steps.front().tensors.push_back(tensor);
    }
  }
  auto shared = std::make_shared<const trace::Trace>(std::move(events));
  const std::lock_guard lock(mutex_);
  return known_.emplace(name, std::move(shared)).first->second;
}

namespace {

/// What is known of the items of one case.
class Gatherer {
 public:
  Gatherer(const AnswerKey& key, const Assignment& assignment, const Case& of, const Run& own,
           const std::string& scratch)
      : key_(key), assignment_(assignment), of_(of), scratch_(scratch) {
    for (const Item& item : of.items) {
      numbers_.push_back(got_for(of, own, item));
      if (assignment.find(item.step) == nullptr) continue;
      if (not_reached(own, item, numbers_.back())) continue;
      all_.push_back({.step = item.step,
                      .in_case = of.name,
                      .shown_in = step_that_shows(of.key, item.tensor),
                      .right = right_for(of, item),
                      .got = numbers_.back()});
      items_.push_back(&item);
    }
  }

  std::vector<Evidence> gather(std::map<std::string, std::size_t>& tried) {
    drop_what_is_kept_from_them();
    const auto is_right = [](const Evidence& e) { return agree(e.got, e.right); };
    if (std::all_of(all_.begin(), all_.end(), is_right)) return std::move(all_);
    const Scratch given(scratch_, io::to_json(given_by(of_.key, of_.owners, numbers_)));
    given_ = given.path();
    carry_forward();
    for (const std::string& id : wrong_) try_mistakes(*assignment_.find(id), tried[id]);
    return std::move(all_);
  }

 private:
  /// Where a whole step is missing, what others would have computed from it may be missing too:
  /// they are judged by the rest of their results.
  void drop_what_is_kept_from_them() {
    std::set<std::string> present, missing;
    for (const Evidence& e : all_) (e.got.absent() ? missing : present).insert(e.step);
    const bool any = std::any_of(missing.begin(), missing.end(),
                                 [&](const std::string& step) { return !present.contains(step); });
    for (std::size_t n = all_.size(); any && n-- > 0;) {
      if (!all_[n].got.absent() || !present.contains(all_[n].step)) continue;
      all_.erase(all_.begin() + static_cast<std::ptrdiff_t>(n));
      items_.erase(items_.begin() + static_cast<std::ptrdiff_t>(n));
    }
  }

  /// What the reference computes from the submission's results.
  void carry_forward() {
    const Run carried =
        replay(key_.program(), {.config = of_.config, .given = given_, .events_only = true});
    bool wrong_shape = false, poor = false;
    for (std::size_t n = 0; n < all_.size(); ++n) {
      Evidence& e = all_[n];
      if (agree(e.got, e.right) || e.got.absent()) continue;
      if (const trace::Tensor* result = event(carried.trace, items_[n]->event)) {
        trace::Tensor expected = e.right;
        expected.shape = result->shape;
        expected.values = result->values;
        e.alone.emplace(e.got, std::move(expected));
      }
      // One number alone does not show whether it was made of something.
      e.after_useless = wrong_shape || (poor && e.right.values.size() == 1);
      wrong_shape |= e.got.shape != e.right.shape;
      poor |= says_little(e.got, e.right) ||
              (e.right.values.size() == 1 && e.got.values.front() == 0.0);
      if (e.alone && agree(e.alone->first, e.alone->second)) continue;
      if (std::find(wrong_.begin(), wrong_.end(), e.step) == wrong_.end()) wrong_.push_back(e.step);
    }
  }

  /// The numbers of each known mistake, from the submission's own before it.
  void try_mistakes(const Step& step, std::size_t& tried) {
    constexpr std::size_t enough = 3;
    if (tried++ >= enough) return;
    for (std::size_t m = 0; m < step.mistakes.size(); ++m) {
      const std::string name = name_of(step, m);
      const Run mistaken =
          replay(key_.program(),
                 {.config = of_.config, .given = given_, .mistake = name, .events_only = true});
      for (std::size_t n = 0; n < all_.size(); ++n) {
        const trace::Tensor* result = event(mistaken.trace, items_[n]->event);
        if (all_[n].step != step.id || result == nullptr) continue;
        all_[n].mistakes.emplace_back(step.mistakes[m].name, *result);
      }
    }
  }

  const AnswerKey& key_;
  const Assignment& assignment_;
  const Case& of_;
  const std::string& scratch_;
  std::string given_;
  std::vector<trace::Tensor> numbers_;
  std::vector<Evidence> all_;
  std::vector<const Item*> items_;
  std::vector<std::string> wrong_;
};

}  // namespace

std::vector<Evidence> evidence_from_key(const AnswerKey& key, const Assignment& assignment,
                                        const Case& of, const Run& own, const std::string& scratch,
                                        std::map<std::string, std::size_t>& tried) {
  return Gatherer(key, assignment, of, own, scratch).gather(tried);
}

}  // namespace attn::grading
