#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "attn/grading/batch.hpp"
#include "attn/grading/cases.hpp"
#include "attn/grading/evidence.hpp"
#include "attn/grading/examine.hpp"
#include "attn/grading/parallel.hpp"
#include "attn/grading/process/own_folder.hpp"
#include "attn/grading/report/marks.hpp"
#include "attn/io/files.hpp"
#include "attn/io/output.hpp"
#include "attn/io/trace_json.hpp"
#include "chapters/cli/case_set.hpp"
#include "chapters/cli/commands.hpp"
#include "chapters/cli/course.hpp"
#include "chapters/cli/handout.hpp"
#include "chapters/registry.hpp"

namespace attn::cli {
namespace {

constexpr std::uint64_t checked_seed = 2;  // other cases than the public ones

/// What is known to hold, and what does not.
struct Report {
  std::vector<std::string> faults;
  std::size_t mistakes = 0;
};

/// A program that is graded: its path, and the mistake that it is to make.
struct Subject {
  std::string program, mistake;
};

std::vector<grading::JudgedStep> grade(const grading::AnswerKey& key,
                                       const grading::Assignment& assignment,
                                       const std::vector<grading::Case>& cases,
                                       const Subject& subject) {
  const grading::Examinee examinee{
      .program = {subject.program, subject.mistake},
      .asked = grading::steps_of({assignment}),
      .config = [](const grading::Case& of) { return of.config; },
      .start = [](const grading::Command& command, const grading::Case&,
                  bool) { return grading::run(command, {}); },
      .skipping = {}};
  const grading::Examined examined =
      grading::examine(examinee, assignment, cases, grading::numbers_of(key, assignment));
  std::vector<grading::JudgedStep> judged;
  for (const grading::Step& step : assignment.steps) {
    judged.push_back(grading::judge(step, examined.evidence));
  }
  return judged;
}

double points_of(const std::vector<grading::JudgedStep>& steps) {
  double sum = 0.0;
  for (const grading::JudgedStep& step : steps) sum += step.result.points;
  return sum;
}

/// What is asked of students: the chapter's own steps, and those that it shares and its cases
/// reach.
grading::Assignment with_shared(const grading::Assignment& own,
                                const std::vector<grading::Case>& cases,
                                const grading::Library& library) {
  const auto reached = [&](const std::string&, const std::string& step) {
    return std::any_of(cases.begin(), cases.end(),
                       [&](const grading::Case& one) { return grading::comes_to(one.key, step); });
  };
  return grading::asked(grading::choose(library, {own.chapter}), reached).front();
}

/// The mistake loses its own step, and nothing else, and is called by its name.
void check_mistake(const std::vector<grading::JudgedStep>& steps, const grading::Step& step,
                   const grading::Mistake& mistake, Report& report) {
  for (const grading::JudgedStep& judged : steps) {
    const grading::StepResult& result = judged.result;
    if (result.step != step.id) {
      if (result.verdict == grading::Verdict::done) continue;
      report.faults.push_back(fmt::format("{} (\"{}\") also costs the points of {} in case {}",
                                          step.id, mistake.name, result.step,
                                          judged.fault ? judged.fault->in_case : ""));
    } else if (result.verdict != grading::Verdict::wrong) {
      report.faults.push_back(fmt::format("{} (\"{}\") costs nothing", step.id, mistake.name));
    } else if (result.mistake != mistake.name) {
      report.faults.push_back(
          fmt::format("{} (\"{}\") is taken for \"{}\"", step.id, mistake.name, result.mistake));
    }
  }
}

Report check(const chapters::Chapter& chapter, const grading::Harness& harness) {
  Report report;
  const grading::Assignment assignment = assignment_of(chapter);
  const grading::AnswerKey key(harness.answer_key());
  const grading::OwnFolder folder("attn");

  std::vector<grading::Case> cases;
  const CaseSet set = case_set(chapter, assignment, harness, checked_seed, drawn_cases);
  for (const std::string& step : set.unreached) report.faults.push_back("no case reaches " + step);
  for (const std::string& mistake : set.untold) {
    report.faults.push_back("no case tells " + mistake + " from what is right");
  }
  for (const grading::CaseConfig& drawn : set.cases) {
    const std::string config = folder.path() + "/" + drawn.name + ".yaml";
    io::write_file(config, drawn.yaml);
    cases.push_back(grading::case_from_key(key.program(), drawn.name, config));
  }

  const grading::Built blank =
      harness.build({}, {assignment.chapter}, folder.path() + "/blank", grading::best_guard(),
                    {.wall_seconds = 120, .cpu_seconds = 120});
  const grading::Graded whole{with_shared(assignment, cases, harness.library()), cases};
  if (points_of(grade(key, whole.assignment, cases, {blank.program, ""})) > 0) {
    report.faults.emplace_back("the blank program scores points");
  }
  grading::Conduct conduct;
  conduct.guard = grading::best_guard();
  conduct.compiling.wall_seconds = conduct.compiling.cpu_seconds = 120;
  const std::string fault = grading::prove(harness, key, {whole}, conduct);
  if (!fault.empty()) report.faults.push_back("the reference does not get all points: " + fault);

  std::vector<std::pair<const grading::Step*, std::size_t>> mistakes;
  for (const grading::Step& step : assignment.steps) {
    if (step.mistakes.empty()) report.faults.push_back(step.id + " has no typical mistake");
    for (std::size_t n = 0; n < step.mistakes.size(); ++n) mistakes.emplace_back(&step, n);
  }
  std::vector<std::vector<grading::JudgedStep>> judged(mistakes.size());
  grading::in_parallel(2, mistakes.size(), [&](std::size_t n) {
    const auto& [step, mistake] = mistakes[n];
    const Subject subject{key.program(), fmt::format("{}/{}", step->id, mistake + 1)};
    // A mistake that shows in the first cases need not be run in all of them.
    constexpr std::size_t enough = 3;
    const std::vector<grading::Case> first(
        cases.begin(), cases.begin() + static_cast<std::ptrdiff_t>(std::min(enough, cases.size())));
    judged[n] = grade(key, assignment, first, subject);
    const bool shows = std::any_of(judged[n].begin(), judged[n].end(), [of = step](auto& other) {
      return other.result.step == of->id && other.result.verdict == grading::Verdict::wrong;
    });
    if (!shows) judged[n] = grade(key, assignment, cases, subject);
  });
  for (std::size_t n = 0; n < mistakes.size(); ++n) {
    check_mistake(judged[n], *mistakes[n].first, mistakes[n].first->mistakes[mistakes[n].second],
                  report);
  }
  report.mistakes = mistakes.size();
  return report;
}

}  // namespace

int course_check(const std::vector<std::string>& names) {
  if (is_handout()) {
    throw io::InputError(io::Place{.source = "course check"},
                         "this is a student's tree; run it in the teacher's checkout");
  }
  const grading::Harness harness(checkout(), all_assignments());
  bool holds = true;
  for (const chapters::Chapter* chapter : chapters::all()) {
    if (!names.empty() && std::find(names.begin(), names.end(), chapter->name) == names.end())
      continue;
    const Report report = check(*chapter, harness);
    holds &= report.faults.empty();
    const grading::Assignment assignment = assignment_of(*chapter);
    say(fmt::format("{}  {}: {} steps, {} points; {} known mistakes\n",
                    report.faults.empty() ? "ok   " : "fault", chapter->name,
                    assignment.steps.size(), grading::points_text(assignment.points()),
                    report.mistakes));
    for (const std::string& fault : report.faults) say("         " + fault + "\n");
  }
  return holds ? done : differs;
}

}  // namespace attn::cli
