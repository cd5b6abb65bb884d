#include "attn/grading/examine.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "attn/grading/error_words.hpp"
#include "attn/grading/process/machine_fault.hpp"

namespace attn::grading {
namespace {

/// More than the reference tells, many times over; and what a chapter that is as good as empty may.
constexpr std::uint64_t least_bytes = std::uint64_t{4} << 20;
constexpr std::uint64_t times_the_reference = 8;

/// Of what a program says in a run; there are many runs, and nobody reads so much.
constexpr std::size_t most_said = 300'000;

std::uint64_t most_bytes(const Case& of) {
  std::uint64_t numbers = 0;
  for (const trace::Step& step : of.key.steps) {
    for (const trace::Tensor& tensor : step.tensors) numbers += tensor.values.size();
  }
  constexpr std::uint64_t a_number = 32;  // in the chapter's trace, as text
  return least_bytes + times_the_reference * a_number * numbers;
}

/// For a student who may read no number of a hidden case.
std::string told_of(const Stop& stop) {
  const std::string kind = kind_of_error(stop.says);
  return stop.problem + (kind.empty() ? "" : ": " + kind);
}

class Examination {
 public:
  Examination(const Examinee& examinee, const Assignment& assignment,
              const MistakeNumbers& mistakes)
      : examinee_(examinee), assignment_(assignment), mistakes_(mistakes) {}

  void take(const Case& of) {
    told_.clear();
    told_of_.clear();
    shown_ = {};
    if (!given_up_) run_through(of);
    gather(of);
  }

  Examined result() {
    // Whose source tells of a step is silent where it has none, which counts as nothing written.
    for (Evidence& e : silences_) {
      if (ever_told_of_.contains(e.step)) all_.evidence.push_back(std::move(e));
    }
    return std::move(all_);
  }

 private:
  bool is_asked(const std::string& step) const { return examinee_.asked.contains(step); }

  /// Runs the case until its end, leaving out one step after the other in which the program stops.
  void run_through(const Case& of) {
    bool first = true;
    for (std::size_t before = 0;;) {
      LiveRun run = run_once(of);
      const std::size_t now = run.results.size();
      keep(run, first);
      first = false;
      if (run.finished) return;
      note(of, run);
      if (!last_left_out_.empty() && now <= before) {
        // That it is left out has not helped, as where its code stands elsewhere.
        left_out_.erase(last_left_out_);
        cannot_leave_out_.insert(last_left_out_);
        last_left_out_.clear();
        if (now == 0) silent();
        return;
      }
      last_left_out_.clear();
      const std::string step = next_step(of);
      if (step.empty()) return;
      all_.stopped.emplace(step, Stop{run.problem, run.says, of.name});
      late_ |= run.out_of_time;
      if (!leave_out(step)) {
        if (now == 0) silent();
        return;
      }
      before = now;
    }
  }

  LiveRun run_once(const Case& of) {
    LiveProgram program = examinee_.program;
    if (!left_out_.empty()) program.path = skipping_;
    // What never ends in one case is not waited for as long again.
    const LiveAnswers answers{events_of(of.key), [this](const trace::Tensor& result) {
                                return is_asked(step_of(result.name));
                              }};
    LiveRun run =
        run_live(program, examinee_.config(of), answers, {left_out_.begin(), left_out_.end()},
                 most_bytes(of),
                 [&](const Command& command) { return examinee_.start(command, of, late_); });
    expect_no_machine_fault(run.ended);
    return run;
  }

  /// What counts is what was told first, by the step's own code.
  void keep(LiveRun& run, bool first) {
    for (trace::Tensor& result : run.results) {
      told_of_.insert(step_of(result.name));
      ever_told_of_.insert(step_of(result.name));
      if (left_out_.contains(step_of(result.name))) continue;
      std::string name = result.name;
      told_.emplace(std::move(name), std::move(result));
    }
    if (run.finished) shown_ = std::move(run.shown);
    if (first) all_.printed.push_back(run.printed.substr(0, most_said));
  }

  void note(const Case& of, const LiveRun& run) {
    if (!run.says.empty()) all_.says.push_back(run.says.substr(0, most_said));
    if (!all_.problem.empty()) return;
    all_.problem = run.problem;
    all_.in_case = of.name;
    all_.its_words = run.says;
  }

  /// A program that tells nothing in two cases is not waited for in the others.
  void silent() {
    all_.silent = true;
    if (++silent_ == 2) given_up_ = true;
  }

  /// The step that the program should have told of next.
  std::string next_step(const Case& of) const {
    for (const trace::Tensor& event : events_of(of.key)) {
      const std::string step = step_of(event.name);
      if (is_asked(step) && !told_.contains(event.name) && !left_out_.contains(step)) return step;
    }
    return "";
  }

  bool leave_out(const std::string& step) {
    if (cannot_leave_out_.contains(step)) return false;
    std::set<std::string> steps = left_out_;
    steps.insert(step);
    const std::string program = examinee_.skipping ? examinee_.skipping(steps) : "";
    if (program.empty()) {
      cannot_leave_out_.insert(step);
      return false;
    }
    skipping_ = program;
    left_out_ = std::move(steps);
    last_left_out_ = step;
    return true;
  }

  /// What the program has for a result: what it told; or, of a source without the calls that tell,
  /// what the chapter shows.
  trace::Tensor got_for(const std::string& event, const Item* item) const {
    const auto told = told_.find(event);
    if (told != told_.end()) return told->second;
    if (item != nullptr && !told_of_.contains(item->step)) {
      if (std::optional<trace::Tensor> shown = shown_for(shown_, *item)) return *shown;
    }
    return {};
  }

  static bool is_shown(const Case& of, const std::string& step) {
    return std::any_of(of.items.begin(), of.items.end(),
                       [&](const Item& item) { return item.step == step; });
  }

  bool all_that_is_shown_is_right(const Case& of) const {
    for (const trace::Step& step : of.key.steps) {
      if (step.id == "events" || step.id == mistakes_step) continue;
      for (const trace::Tensor& right : step.tensors) {
        const trace::Tensor* got = trace::find(shown_, right.name);
        if (got == nullptr || (!right.absent() && !agree(*got, right))) return false;
      }
    }
    return true;
  }

  void gather(const Case& of) {
    std::map<std::string, const Item*> items;
    for (const Item& item : of.items) items.emplace(item.event, &item);
    std::set<std::string> wrong;
    for (const trace::Tensor& event : events_of(of.key)) {
      const Step* step = assignment_.find(step_of(event.name));
      if (step == nullptr) continue;
      const auto at = items.find(event.name);
      const Item* item = at == items.end() ? nullptr : at->second;
      const auto stopped = all_.stopped.find(step->id);
      const bool stops = stopped != all_.stopped.end();
      // A source without the calls that tell can only be judged by what is shown.
      if (item == nullptr && !stops && !told_of_.contains(step->id)) {
        if (examinee_.by_effect && !is_shown(of, step->id) && all_that_is_shown_is_right(of)) {
          all_.evidence.push_back(
              {.step = step->id, .in_case = of.name, .shown_in = "", .right = event, .got = event});
        } else {
          silences_.push_back(
              {.step = step->id, .in_case = of.name, .shown_in = "", .right = event, .got = {}});
        }
        continue;
      }
      Evidence e{.step = step->id,
                 .in_case = of.name,
                 .shown_in = item == nullptr ? "" : step_that_shows(of.key, item->tensor),
                 .right = item == nullptr ? event : shown_for(of.key, *item).value(),
                 .got = got_for(event.name, item),
                 .known = &of.key};
      if (stops && e.got.absent()) e.stopped = told_of(stopped->second);
      if (!e.got.absent() && !agree(e.got, e.right)) {
        wrong.insert(step->id);
        compare_with_mistakes(of, *step, event.name, e);
      }
      all_.evidence.push_back(std::move(e));
    }
    for (const std::string& step : wrong) ++cases_compared_[step];
  }

  void compare_with_mistakes(const Case& of, const Step& step, const std::string& event,
                             Evidence& e) {
    constexpr std::size_t enough = 3;
    if (cases_compared_[step.id] >= enough) return;
    for (std::size_t n = 0; n < step.mistakes.size(); ++n) {
      if (std::optional<trace::Tensor> numbers =
              mistakes_(of, fmt::format("{}/{}", step.id, n + 1), event)) {
        e.mistakes.emplace_back(step.mistakes[n].name, std::move(*numbers));
      }
    }
  }

  const Examinee& examinee_;
  const Assignment& assignment_;
  const MistakeNumbers& mistakes_;
  Examined all_;
  // Of the whole examination:
  std::string skipping_;  // a program that can leave out what is left out
  std::set<std::string> left_out_, cannot_leave_out_;
  std::string last_left_out_;  // not known yet to help
  std::map<std::string, std::size_t> cases_compared_;
  std::vector<Evidence> silences_;      // of results that are not shown, in cases that tell nothing
  std::set<std::string> ever_told_of_;  // steps, in some case
  bool late_ = false, given_up_ = false;
  int silent_ = 0;
  // Of one case:
  std::map<std::string, trace::Tensor> told_;
  std::set<std::string> told_of_;  // steps, also those that were left out and do not count: what is
                                   // shown of them may be what they were answered
  trace::Trace shown_;
};

}  // namespace

void expect_no_machine_fault(const Ended& ended) {
  const std::string fault = fault_of_machine(ended);
  if (!fault.empty()) throw MachineFault(fault);
}

Examined examine(const Examinee& examinee, const Assignment& assignment,
                 const std::vector<Case>& cases, const MistakeNumbers& mistakes) {
  Examination examination(examinee, assignment, mistakes);
  for (const Case& of : cases) examination.take(of);
  return examination.result();
}

MistakeNumbers numbers_of(const AnswerKey& key, const Assignment& assignment) {
  return [&](const Case& of, const std::string& mistake,
             const std::string& name) -> std::optional<trace::Tensor> {
    const trace::Tensor* numbers = event(*key.mistaken(assignment, of, mistake), name);
    return numbers == nullptr ? std::nullopt : std::optional(*numbers);
  };
}

std::set<std::string> steps_of(const std::vector<Assignment>& assignments) {
  std::set<std::string> ids;
  for (const Assignment& assignment : assignments) {
    for (const Step& step : assignment.steps) ids.insert(step.id);
  }
  return ids;
}

std::set<std::string> steps_reached(const Assignment& assignment, const std::vector<Case>& cases) {
  std::set<std::string> reached;
  for (const Case& of : cases) {
    for (const trace::Tensor& event : events_of(of.key)) {
      const std::string step = step_of(event.name);
      if (assignment.find(step) != nullptr) reached.insert(step);
    }
  }
  return reached;
}

}  // namespace attn::grading
