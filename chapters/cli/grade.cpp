#include "chapters/cli/grade.hpp"

#include <unistd.h>

#include <filesystem>
#include <optional>
#include <set>

#include "attn/grading/evidence.hpp"
#include "attn/grading/examine.hpp"
#include "attn/grading/report/reports.hpp"
#include "attn/io/output.hpp"
#include "attn/io/trace_json.hpp"
#include "chapters/cli/commands.hpp"
#include "chapters/cli/course.hpp"

namespace attn::cli {
namespace {

/// This very program: it has the student's steps in it.
std::string this_program() { return std::filesystem::read_symlink("/proc/self/exe").string(); }

constexpr double patience = 5.0;  // seconds of the processor

/// The numbers of a known mistake, as the public case has them.
std::optional<trace::Tensor> mistake_numbers(const grading::Case& of, const std::string& mistake,
                                             const std::string& event) {
  for (const trace::Step& step : of.key.steps) {
    if (step.id != grading::mistakes_step) continue;
    for (const trace::Tensor& tensor : step.tensors) {
      if (tensor.name == mistake + " " + event) return tensor;
    }
  }
  return std::nullopt;
}

std::vector<grading::Case> with_answers(const std::vector<PublicCase>& cases) {
  std::vector<grading::Case> known;
  for (const PublicCase& of : cases) {
    known.push_back({of.name, of.config, io::read_trace(of.answer), {}});
    known.back().items = grading::items_of(known.back().key);
  }
  return known;
}

/// The student's own program, on the student's own machine: limits hold it, no sandbox.
grading::Examinee this_tree() {
  return {.program = {this_program()},
          .asked = grading::steps_of(all_assignments()),
          .config = [](const grading::Case& of) { return of.config; },
          .start =
              [](const grading::Command& command, const grading::Case&, bool hurried) {
                const double seconds = hurried ? 1.0 : patience;
                return grading::run(command,
                                    {.wall_seconds = 4.0 * seconds, .cpu_seconds = seconds});
              },
          .skipping = [](const std::set<std::string>&) { return this_program(); },
          .by_effect = true};
}

/// The formulas that the public case shows for the steps.
std::vector<std::string> formulas_of(const grading::Assignment& assignment,
                                     const grading::Case& of) {
  std::vector<std::string> formulas;
  for (const grading::Step& step : assignment.steps) {
    formulas.emplace_back();
    for (const grading::Item& item : of.items) {
      if (item.step != step.id) continue;
      formulas.back() = trace::find(of.key, item.tensor)->formula;
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
  const std::vector<grading::Case> cases = with_answers(public_cases(std::string(chapter.name)));
  progress.assignment = assignment_of(chapter);
  progress.formulas = formulas_of(progress.assignment, cases.front());
  const grading::Examined examined =
      grading::examine(this_tree(), progress.assignment, cases, mistake_numbers);
  progress.silent = examined.silent;
  progress.stopped = examined.stopped;
  progress.problem = examined.problem;
  if (!examined.its_words.empty()) progress.problem += ": " + examined.its_words;
  for (const std::string& text : examined.printed) {
    if (progress.printed.empty()) progress.printed = text;
  }
  for (const grading::Step& step : progress.assignment.steps) {
    progress.steps.push_back(grading::judge(step, examined.evidence));
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
  say(render_course(all, output_width(), use_color(color)));
  for (const auto& [name, progress] : all) {
    if (progress.points() == progress.assignment.points()) continue;
    say("\n  What comes next:  ./attn grade " + name + "\n");
    break;
  }
  return whole ? done : differs;
}

int grade(const chapters::Chapter& chapter, const std::string& github, bool course, Color color) {
  const Progress progress = grade_here(chapter);
  say(render_progress(chapter, progress, output_width(), use_color(color)));
  if (course && handed_out().size() > 1) {
    std::vector<std::pair<std::string, Progress>> all;
    for (const chapters::Chapter* other : handed_out()) {
      all.emplace_back(other->name, other == &chapter ? progress : grade_here(*other));
    }
    say("\n" + render_course(all, output_width(), use_color(color)));
  }
  if (!github.empty()) {
    io::write_file(github, grading::github_classroom(result_of(chapter, progress)));
  }
  return progress.points() == progress.assignment.points() ? done : differs;
}

}  // namespace attn::cli
