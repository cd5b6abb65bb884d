#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "attn/grading/cases.hpp"
#include "attn/grading/evidence.hpp"
#include "attn/grading/parallel.hpp"
#include "attn/grading/process/own_folder.hpp"
#include "attn/grading/report/marks.hpp"
#include "attn/io/files.hpp"
#include "attn/io/output.hpp"
#include "attn/io/trace_json.hpp"
#include "chapters/cli/commands.hpp"
#include "chapters/cli/course.hpp"
#include "chapters/cli/handout.hpp"
#include "chapters/registry.hpp"

namespace attn::cli {
namespace {

constexpr std::uint64_t checked_seed = 2;  // other cases than the public ones
constexpr std::size_t checked_cases = 9;

/// What is known to hold, and what does not.
struct Report {
  std::vector<std::string> faults;
  std::size_t mistakes = 0;
};

/// A program that is graded: its path, and the mistake that it is to make.
struct Subject {
  std::string program, mistake;
};

/// Grades a program on cases, one after the other, until `enough` says so.
template <class Enough>
std::vector<grading::JudgedStep> grade_until(const grading::AnswerKey& key,
                                             const grading::Assignment& assignment,
                                             const std::vector<grading::Case>& cases,
                                             const Subject& subject, const std::string& scratch,
                                             Enough&& enough) {
  std::vector<grading::Evidence> evidence;
  std::map<std::string, std::size_t> tried;
  std::vector<grading::JudgedStep> judged;
  std::filesystem::create_directories(scratch);
  for (const grading::Case& of : cases) {
    const grading::Run run =
        grading::replay(subject.program, {.config = of.config, .mistake = subject.mistake});
    for (grading::Evidence& e :
         grading::evidence_from_key(key, assignment, of, run, scratch, tried)) {
      evidence.push_back(std::move(e));
    }
    judged.clear();
    for (const grading::Step& step : assignment.steps) {
      judged.push_back(grading::judge(step, evidence));
    }
    if (enough(judged)) break;
  }
  return judged;
}

std::vector<grading::JudgedStep> grade(const grading::AnswerKey& key,
                                       const grading::Assignment& assignment,
                                       const std::vector<grading::Case>& cases,
                                       const Subject& subject, const std::string& scratch) {
  return grade_until(key, assignment, cases, subject, scratch, [](const auto&) { return false; });
}

double points_of(const std::vector<grading::JudgedStep>& steps) {
  double sum = 0.0;
  for (const grading::JudgedStep& step : steps) sum += step.result.points;
  return sum;
}

void check_all_done(const std::vector<grading::JudgedStep>& steps, const std::string& who,
                    Report& report) {
  for (const grading::JudgedStep& step : steps) {
    if (step.result.verdict == grading::Verdict::done && !step.result.carried) continue;
    report.faults.push_back(fmt::format("{} does not get the points of {}", who, step.result.step));
  }
}

/// The mistake loses its own step and is called by its name. What follows may stop the program, but
/// is never called wrong.
void check_mistake(const std::vector<grading::JudgedStep>& steps, const grading::Step& step,
                   const grading::Mistake& mistake, Report& report) {
  for (const grading::JudgedStep& judged : steps) {
    const grading::StepResult& result = judged.result;
    if (result.step != step.id) {
      if (result.verdict != grading::Verdict::wrong) continue;
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
  for (const grading::CaseConfig& drawn :
       grading::draw_cases(assignment, chapter.schema(), checked_seed, checked_cases)) {
    const std::string config = folder.path() + "/" + drawn.name + ".yaml";
    io::write_file(config, drawn.yaml);
    cases.push_back(grading::case_from_key(key.program(), drawn.name, config));
  }

  const grading::Built blank =
      harness.build({}, assignment.mechanisms(), folder.path() + "/blank", grading::best_guard(),
                    {.wall_seconds = 120, .cpu_seconds = 120});
  if (blank.program.empty()) {
    report.faults.push_back("the blank program does not build: " + blank.said);
  } else if (points_of(grade(key, assignment, cases, {blank.program, ""}, folder.path() + "/0")) >
             0) {
    report.faults.emplace_back("the blank program scores points");
  }

  grading::Sources reference;
  for (const std::string& mechanism : assignment.mechanisms()) {
    reference[mechanism] = io::read_file(
        checkout().source + "/lib/attn/mechanisms/" + mechanism + ".cpp", largest_source);
  }
  const grading::Built solved =
      harness.build(reference, assignment.mechanisms(), folder.path() + "/solved",
                    grading::best_guard(), {.wall_seconds = 120, .cpu_seconds = 120});
  if (solved.program.empty()) {
    report.faults.push_back("the reference does not build as a submission: " + solved.said);
  } else {
    check_all_done(grade(key, assignment, cases, {solved.program, ""}, folder.path() + "/1"),
                   "the reference", report);
  }

  std::vector<std::pair<const grading::Step*, std::size_t>> mistakes;
  for (const grading::Step& step : assignment.steps) {
    if (step.mistakes.empty()) report.faults.push_back(step.id + " has no typical mistake");
    for (std::size_t n = 0; n < step.mistakes.size(); ++n) mistakes.emplace_back(&step, n);
  }
  std::vector<std::vector<grading::JudgedStep>> judged(mistakes.size());
  grading::in_parallel(2, mistakes.size(), [&](std::size_t n) {
    const auto& [step, mistake] = mistakes[n];
    // A mistake that shows in the first cases need not be run in all of them.
    std::size_t seen = 0;
    const auto shows = [&, of = step](const std::vector<grading::JudgedStep>& steps) {
      return ++seen >= 3 && std::any_of(steps.begin(), steps.end(), [&](const auto& other) {
        return other.result.step == of->id && other.result.verdict == grading::Verdict::wrong;
      });
    };
    judged[n] = grade_until(key, assignment, cases,
                            {key.program(), fmt::format("{}/{}", step->id, mistake + 1)},
                            fmt::format("{}/m{}", folder.path(), n), shows);
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
    print(fmt::format("{}  {}: {} steps, {} points; {} known mistakes\n",
                      report.faults.empty() ? "ok   " : "fault", chapter->name,
                      assignment.steps.size(), grading::points_text(assignment.points()),
                      report.mistakes));
    for (const std::string& fault : report.faults) print("         " + fault + "\n");
  }
  return holds ? done : differs;
}

}  // namespace attn::cli
