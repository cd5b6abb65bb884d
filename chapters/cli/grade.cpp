#include "chapters/cli/grade.hpp"

#include <unistd.h>

#include <atomic>
#include <filesystem>

#include "attn/grading/evidence.hpp"
#include "attn/grading/parallel.hpp"
#include "attn/grading/report/reports.hpp"
#include "attn/io/output.hpp"
#include "attn/io/trace_json.hpp"
#include "chapters/cli/commands.hpp"
#include "chapters/cli/course.hpp"

namespace attn::cli {
namespace {

/// This very program: it has the student's steps in it.
std::string this_program() { return std::filesystem::read_symlink("/proc/self/exe").string(); }

struct Graded {
  std::vector<grading::Evidence> evidence;
  std::string problem;
  bool silent = false;  ///< it was ended before it could tell of any step
  bool late = false;    ///< it used up its time
};

Graded run_case(const grading::Assignment& assignment, const PublicCase& of, double seconds) {
  grading::Case known{of.name, of.config, io::read_trace(of.answer), {}};
  // The events must be last for a replay; what known mistakes compute stands before them.
  known.items = grading::items_of(known.key);
  const std::string program = this_program();
  const grading::Limits limits{.wall_seconds = 4.0 * seconds, .cpu_seconds = seconds};
  const grading::Run own = grading::replay(program, {.config = of.config, .limits = limits});
  if (!own.problem.empty() && own.trace.steps.empty())
    return {{}, own.problem, true, own.out_of_time};
  // What never ends would not end there either; the steps before it are quick.
  const grading::Limits short_limits{.wall_seconds = 4.0, .cpu_seconds = 1.0};
  const grading::Run alone =
      grading::replay(program, {.config = of.config,
                                .given = of.answer,
                                .events_only = true,
                                .limits = own.out_of_time ? short_limits : limits});
  return {grading::evidence_here(assignment, known, own, alone), own.problem, false,
          own.out_of_time};
}

/// The formulas that the public case shows for the steps.
std::vector<std::string> formulas_of(const grading::Assignment& assignment,
                                     const std::string& answer) {
  const trace::Trace key = io::read_trace(answer);
  const std::vector<grading::Item> items = grading::items_of(key);
  std::vector<std::string> formulas;
  for (const grading::Step& step : assignment.steps) {
    formulas.emplace_back();
    for (const grading::Item& item : items) {
      if (item.step != step.id) continue;
      formulas.back() = trace::find(key, item.tensor)->formula;
      break;
    }
  }
  return formulas;
}

grading::SubmissionResult result_of(const chapters::Chapter& chapter, const Progress& progress) {
  grading::SubmissionResult result;
  result.name = std::string(chapter.name);
  result.problem = progress.problem;
  for (std::size_t n = 0; n < progress.steps.size(); ++n) {
    result.steps.push_back(progress.steps[n].result);
  }
  return result;
}

}  // namespace

double Progress::points() const {
  double sum = 0.0;
  for (const grading::JudgedStep& step : steps) sum += step.result.points;
  return sum;
}

Progress grade_here(const chapters::Chapter& chapter) {
  Progress progress;
  const std::vector<PublicCase> cases = public_cases(std::string(chapter.name));
  progress.assignment = assignment_of(chapter);
  progress.formulas = formulas_of(progress.assignment, cases.front().answer);
  progress.cases = cases.size();
  std::vector<Graded> graded(cases.size());
  std::atomic<bool> silent = false, late = false;
  grading::in_parallel(2, cases.size(), [&](std::size_t n) {
    if (silent) return;
    constexpr double patience = 5.0;
    // What never ends in one case will hardly do so in the next.
    graded[n] = run_case(progress.assignment, cases[n], late ? 1.0 : patience);
    if (graded[n].silent) silent = true;
    if (graded[n].late) late = true;
  });
  progress.silent = silent;
  std::vector<grading::Evidence> evidence;
  for (Graded& of : graded) {
    if (progress.problem.empty()) progress.problem = of.problem;
    for (grading::Evidence& e : of.evidence) evidence.push_back(std::move(e));
  }
  for (const grading::Step& step : progress.assignment.steps) {
    progress.steps.push_back(grading::judge(step, evidence));
    if (progress.problem.empty() || progress.silent || !progress.stopped_at.empty()) continue;
    if (progress.steps.back().result.verdict != grading::Verdict::not_written) continue;
    // The program did not come further than here, though there is something: it is no blank.
    progress.stopped_at = step.id;
    progress.steps.back().result.verdict = grading::Verdict::wrong;
  }
  return progress;
}

int grade_course(Color color) {
  std::vector<std::pair<std::string, Progress>> all;
  bool whole = true;
  for (const chapters::Chapter* chapter : handed_out()) {
    all.emplace_back(chapter->name, grade_here(*chapter));
    whole &= all.back().second.points() == all.back().second.assignment.points();
  }
  if (all.empty()) {
    throw io::InputError(io::Place{.source = "grade"},
                         "this checkout has the solutions, so there is nothing to grade. Make a "
                         "student's tree with:  ./attn handout CHAPTER --out DIR");
  }
  print(render_course(all, output_width(), use_color(color)));
  for (const auto& [name, progress] : all) {
    if (progress.points() == progress.assignment.points()) continue;
    print("\n  What comes next:  ./attn grade " + name + "\n");
    break;
  }
  return whole ? done : differs;
}

int grade(const chapters::Chapter& chapter, const std::string& github, bool course, Color color) {
  const Progress progress = grade_here(chapter);
  print(render_progress(chapter, progress, output_width(), use_color(color)));
  if (course && handed_out().size() > 1) {
    std::vector<std::pair<std::string, Progress>> all;
    for (const chapters::Chapter* other : handed_out()) {
      all.emplace_back(other->name, other == &chapter ? progress : grade_here(*other));
    }
    print("\n" + render_course(all, output_width(), use_color(color)));
  }
  if (!github.empty()) {
    io::write_file(github, grading::github_classroom(result_of(chapter, progress)));
  }
  return progress.points() == progress.assignment.points() ? done : differs;
}

}  // namespace attn::cli
