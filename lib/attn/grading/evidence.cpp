#include "attn/grading/evidence.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <set>
#include <stdexcept>

#include "attn/io/output.hpp"
#include "attn/io/trace_json.hpp"

namespace attn::grading {
namespace {

constexpr const char* mistakes_step = "mistakes";

/// What the submission has for an item: the tensor of its trace, or, where its program stopped before
/// the chapter showed it, the result that the step reported.
trace::Tensor got_for(const Run& run, const Item& item) {
  if (const trace::Tensor* shown = trace::find(run.trace, item.tensor)) return *shown;
  if (const trace::Tensor* reported = event(run.trace, item.event)) return *reported;
  trace::Tensor none;
  none.name = item.tensor;
  return none;
}

/// The right result, under the name and with the axes by which it is shown.
trace::Tensor right_for(const Case& of, const Item& item) {
  return *trace::find(of.key, item.tensor);
}

std::string step_that_shows(const trace::Trace& trace, const std::string& tensor) {
  for (const trace::Step& step : trace.steps) {
    for (const trace::Tensor& candidate : step.tensors) {
      if (candidate.name == tensor) return step.id;
    }
  }
  return "";
}

std::string name_of(const Step& step, std::size_t mistake) {
  return fmt::format("{}/{}", step.id, mistake + 1);
}

const trace::Tensor* find_in(const trace::Trace& trace, const std::string& step,
                             const std::string& name) {
  for (const trace::Step& candidate : trace.steps) {
    if (candidate.id != step) continue;
    for (const trace::Tensor& tensor : candidate.tensors) {
      if (tensor.name == name) return &tensor;
    }
  }
  return nullptr;
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

Run run_from(const Ended& ended) {
  Run run;
  if (ended.how != Ended::How::exited) {
    run.problem = "it " + ended.explain();
    return run;
  }
  try {
    run.trace = io::trace_from_json(ended.out, "its trace");
    // Status 2 is a run that stopped early and says why; the trace is what there was before.
    if (ended.status != 0) run.problem = ended.err.empty() ? "it " + ended.explain() : ended.err;
  } catch (const std::exception& error) {
    if (ended.status == 0) run.problem = ended.out.empty() ? "it wrote no trace" : error.what();
    else run.problem = ended.err.empty() ? "it " + ended.explain() : ended.err;
  }
  while (run.problem.ends_with('\n')) run.problem.pop_back();
  return run;
}

Run replay(const std::string& program, const std::string& config, const std::string& given,
           const std::string& mistake, const Limits& limits) {
  Command command{{program, "replay", config}, "", {{"LC_ALL", "C.UTF-8"}}};
  if (!given.empty()) command.argv.insert(command.argv.end(), {"--given", given});
  if (!mistake.empty()) command.argv.insert(command.argv.end(), {"--mistake", mistake});
  return run_from(run(command, limits));
}

Case case_from_key(const std::string& key, const std::string& name, const std::string& config) {
  Run run = replay(key, config, "", "", {.wall_seconds = 60, .cpu_seconds = 60});
  if (!run.problem.empty()) throw std::runtime_error(config + ": " + run.problem);
  Case of{name, config, std::move(run.trace), {}};
  of.items = items_of(of.key);
  return of;
}

trace::Step mistakes_of(const std::string& key, const Assignment& assignment, const Case& of,
                        const std::string& given) {
  trace::Step step;
  step.id = mistakes_step;
  for (const Step& exercise : assignment.steps) {
    for (std::size_t n = 0; n < exercise.mistakes.size(); ++n) {
      const Run run = replay(key, of.config, given, name_of(exercise, n), {});
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

std::vector<Evidence> evidence_here(const Assignment& assignment, const Case& of, const Run& own,
                                    const Run& alone) {
  std::vector<Evidence> all;
  for (const Item& item : of.items) {
    const Step* step = assignment.find(item.step);
    if (step == nullptr) continue;
    Evidence e{item.step,          of.name,           step_that_shows(of.key, item.tensor),
               right_for(of, item), got_for(own, item), std::nullopt};
    if (const trace::Tensor* by_itself = event(alone.trace, item.event)) {
      e.alone.emplace(*by_itself, e.right);
    }
    for (std::size_t n = 0; n < step->mistakes.size(); ++n) {
      const trace::Tensor* numbers =
          find_in(of.key, mistakes_step, name_of(*step, n) + " " + item.event);
      if (numbers != nullptr) e.mistakes.emplace_back(step->mistakes[n].name, *numbers);
    }
    all.push_back(std::move(e));
  }
  return all;
}

std::vector<Evidence> evidence_from_key(const std::string& key, const Assignment& assignment,
                                        const Case& of, const Run& own, const std::string& scratch,
                                        std::map<std::string, std::size_t>& tried) {
  std::vector<Evidence> all;
  std::vector<trace::Tensor> numbers;
  std::vector<const Item*> judged;
  bool right = true;
  for (const Item& item : of.items) {
    numbers.push_back(got_for(own, item));
    if (assignment.find(item.step) == nullptr) continue;
    all.push_back({item.step, of.name, step_that_shows(of.key, item.tensor), right_for(of, item),
                   numbers.back(), std::nullopt});
    judged.push_back(&item);
    right &= agree(all.back().got, all.back().right);
  }
  if (right) return all;

  const Scratch given(scratch, io::to_json(given_by(of.key, of.items, numbers)));
  const Run carried = replay(key, of.config, given.path(), "", {});
  std::set<std::string> wrong;
  for (std::size_t n = 0; n < all.size(); ++n) {
    Evidence& e = all[n];
    if (agree(e.got, e.right) || e.got.absent()) continue;
    if (const trace::Tensor* result = event(carried.trace, judged[n]->event)) {
      trace::Tensor expected = e.right;
      expected.shape = result->shape;
      expected.values = result->values;
      e.alone.emplace(e.got, std::move(expected));
    }
    if (!e.alone || !agree(e.alone->first, e.alone->second)) wrong.insert(e.step);
  }
  constexpr std::size_t enough = 3;
  for (const std::string& id : wrong) {
    if (tried[id]++ >= enough) continue;
    const Step& step = *assignment.find(id);
    for (std::size_t m = 0; m < step.mistakes.size(); ++m) {
      const Run mistaken = replay(key, of.config, given.path(), name_of(step, m), {});
      for (std::size_t n = 0; n < all.size(); ++n) {
        const trace::Tensor* result = event(mistaken.trace, judged[n]->event);
        if (all[n].step != id || result == nullptr) continue;
        all[n].mistakes.emplace_back(step.mistakes[m].name, *result);
      }
    }
  }
  return all;
}

}  // namespace attn::grading
