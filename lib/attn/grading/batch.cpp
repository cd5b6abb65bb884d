#include "attn/grading/batch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>

#include "attn/grading/examine.hpp"
#include "attn/grading/hash.hpp"
#include "attn/grading/process/own_folder.hpp"
#include "attn/grading/report/words.hpp"
#include "attn/grading/runner.hpp"
#include "attn/grading/step_calls.hpp"
#include "attn/grading/submission.hpp"
#include "attn/grading/verdict_words.hpp"
#include "attn/io/files.hpp"
#include "attn/io/output.hpp"
#include "attn/render/display_width.hpp"

namespace attn::grading {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_said = 300'000;

/// Programs that leave steps out may take so many times as long to compile as the first.
constexpr double most_leaving_out = 2.0;

std::vector<std::string> all_mechanisms(const std::vector<Graded>& chapters) {
  std::vector<std::string> all;
  for (const Graded& chapter : chapters) {
    for (const std::string& mechanism : chapter.assignment.mechanisms()) {
      if (std::find(all.begin(), all.end(), mechanism) == all.end()) all.push_back(mechanism);
    }
  }
  return all;
}

/// What a program said may be read by its student if it said the same in every case: else it could
/// tell the numbers of a hidden one.
Said said_by_program(const std::vector<std::string>& texts, const std::string& about) {
  Said said{.who = Said::Who::program, .about = about};
  for (const std::string& text : texts) {
    if (said.text.empty()) said.text = text.substr(0, most_said);
  }
  said.for_student = texts.size() > 1 && std::all_of(texts.begin(), texts.end(), [&](auto& text) {
                       return text == texts.front();
                     });
  return said;
}

/// \param also of the same program, found in another way: what is right by it is right
void add_steps(const Graded& chapter, const std::vector<Evidence>& evidence,
               const std::vector<Evidence>& also, SubmissionResult& result) {
  for (const Step& step : chapter.assignment.steps) {
    JudgedStep judged = judge(step, evidence);
    if (judged.result.verdict != Verdict::done && !also.empty()) {
      JudgedStep other = judge(step, also);
      if (other.result.verdict == Verdict::done) judged = std::move(other);
    }
    put_words(step, judged);
    result.steps.push_back(std::move(judged.result));
  }
}

void note_problem(const std::string& problem, const std::string& in_case,
                  SubmissionResult& result) {
  if (problem.empty() || !result.detail.empty()) return;
  result.problem +=
      (result.problem.empty() ? "" : "; ") + std::string("does not run to its end: ") + problem;
  result.detail = "first in case " + in_case;
}

bool all_done(const Graded& chapter, const Examined& examined) {
  return std::all_of(chapter.assignment.steps.begin(), chapter.assignment.steps.end(),
                     [&](const Step& step) {
                       return judge(step, examined.evidence).result.verdict == Verdict::done;
                     });
}

/// \param untold the same program without the calls that were put into it, where it had none: they
/// may stand where a step of it is not at its end, and by what it shows it may be right
void grade_program(const Graded& chapter, const Examinee& examinee, const Examinee* untold,
                   const AnswerKey& key, SubmissionResult& result) {
  const Examined examined =
      examine(examinee, chapter.assignment, chapter.cases, numbers_of(key, chapter.assignment));
  std::vector<Evidence> shown;
  if (untold != nullptr && !all_done(chapter, examined)) {
    const MistakeNumbers none = [](auto&&...) { return std::nullopt; };
    shown = examine(*untold, chapter.assignment, chapter.cases, none).evidence;
  }
  add_steps(chapter, examined.evidence, shown, result);
  note_problem(examined.problem, examined.in_case, result);
  if (!examined.says.empty()) result.said.push_back(said_by_program(examined.says, "as it ends"));
  const bool prints = std::any_of(examined.printed.begin(), examined.printed.end(),
                                  [](const std::string& text) { return !text.empty(); });
  if (!prints) return;
  result.said.push_back(said_by_program(examined.printed, ""));
  result.notes.emplace_back("the program prints, which harms nothing");
}

/// A program of another language, which prints its trace.
void grade_command(const Graded& chapter, const Runner& runner, const std::string& folder,
                   const AnswerKey& key, const OwnFolder& workplace, SubmissionResult& result) {
  // What never ends in two cases is not waited for in the others; the steps before it still count.
  // One that says nothing in two leaves no step done, whatever it would say in the others.
  constexpr int enough = 2;
  int late = 0;
  int silent = 0;
  std::vector<Evidence> evidence;
  std::map<std::string, std::size_t> tried;
  std::vector<std::string> says;
  const std::string scratch = workplace / "key";
  fs::create_directories(scratch);
  fs::permissions(scratch, fs::perms::owner_all);
  for (const Case& of : chapter.cases) {
    Run run;
    if (silent < enough) {
      runner.config(of);
      run = run_from(runner.run_command(folder, of, late >= enough));
      if (run.out_of_time) ++late;
      if (run.out_of_time && run.trace.steps.empty()) ++silent;
    }
    note_problem(run.problem, of.name, result);
    if (!run.says.empty()) says.push_back(run.says);
    for (Evidence& e : evidence_from_key(key, chapter.assignment, of, run, scratch, tried)) {
      evidence.push_back(std::move(e));
    }
  }
  add_steps(chapter, evidence, {}, result);
  if (!says.empty()) result.said.push_back(said_by_program(says, ""));
}

void leave_ungraded(const std::vector<Graded>& chapters, SubmissionResult& result) {
  for (const Graded& chapter : chapters) {
    for (const Step& step : chapter.assignment.steps) {
      StepResult none;
      none.step = step.id;
      none.possible = step.points;
      none.message = "not graded";
      result.steps.push_back(std::move(none));
    }
  }
}

/// Says of steps that nobody could run why that is so: they may well be written.
void explain_blanks(const std::vector<std::string>& mechanisms, const std::string& why,
                    SubmissionResult& result) {
  for (StepResult& step : result.steps) {
    const std::string of = step.step.substr(0, step.step.find('.'));
    if (step.verdict != Verdict::not_written) continue;
    if (std::find(mechanisms.begin(), mechanisms.end(), of) == mechanisms.end()) continue;
    step.message = fmt::format("{}.cpp {}, and so it counts as blank", of, why);
  }
}

/// Builds a submission's program, and grades it.
class Grader {
 public:
  Grader(const Harness& harness, const AnswerKey& key, const std::vector<Graded>& chapters,
         const Conduct& conduct, const OwnFolder& workplace)
      : harness_(harness),
        key_(key),
        chapters_(chapters),
        conduct_(conduct),
        workplace_(workplace) {
    std::vector<Assignment> assignments;
    for (const Graded& chapter : chapters) {
      names_.push_back(chapter.assignment.chapter);
      assignments.push_back(chapter.assignment);
    }
    asked_ = steps_of(assignments);
  }

  void grade(const Sources& sources, SubmissionResult& result) {
    const Built built = build(sources);
    sources_ = sources;
    std::vector<std::string> refused;
    for (const auto& [mechanism, text] : built.said) {
      sources_.erase(mechanism);
      refused.push_back(mechanism);
      result.said.push_back(
          {Said::Who::compiler, mechanism + ".cpp", text.substr(0, most_said), true});
    }
    if (!built.said.empty()) {
      result.problem += (result.problem.empty() ? "" : "; ") + std::string("does not compile");
    }
    const Runner runner(conduct_, workplace_);
    const std::string told = reporting(built.program);
    const Examinee examinee{
        .program = {told},
        .asked = asked_,
        .config = [&](const Case& of) { return runner.config(of); },
        .start = [&](const Command& command, const Case&,
                     bool hurried) { return runner.run(command, hurried); },
        .skipping = [&](const std::set<std::string>& skipped) { return skipping(skipped); }};
    Examinee untold = examinee;
    untold.program = {built.program};
    untold.skipping = {};
    for (const Graded& chapter : chapters_) {
      grade_program(chapter, examinee, told == built.program ? nullptr : &untold, key_, result);
    }
    explain_blanks(refused, "does not compile", result);
  }

 private:
  Built build(const Sources& sources) {
    return harness_.build(sources, names_, workplace_ / fmt::format("program{}", ++programs_),
                          conduct_.guard, conduct_.compiling);
  }

  /// The program itself; or, where a source has lost the calls that end its steps, or never had
  /// them, one in which they stand again where that is possible.
  std::string reporting(const std::string& program) {
    Sources with_reports = sources_;
    bool any = false;
    for (auto& [mechanism, text] : with_reports) {
      const std::string more = with_ends_of_steps(mechanism, text);
      any |= more != text;
      text = more;
    }
    if (!any) return program;
    const Built built = build(with_reports);
    if (!built.said.empty()) return program;
    sources_ = with_reports;
    return built.program;
  }

  /// The program with those steps in a condition; "" if it cannot be built, or if too much time has
  /// gone into that: a source that is slow to compile could stop in one step after the other.
  std::string skipping(const std::set<std::string>& steps) {
    if (leaving_out_ > most_leaving_out * conduct_.compiling.cpu_seconds) return "";
    Sources guarded = sources_;
    for (auto& [mechanism, text] : guarded) text = with_beginnings(text, steps);
    const Built built = build(guarded);
    leaving_out_ += built.cpu_seconds;
    return built.said.empty() ? built.program : "";
  }

  const Harness& harness_;
  const AnswerKey& key_;
  const std::vector<Graded>& chapters_;
  const Conduct& conduct_;
  const OwnFolder& workplace_;
  std::vector<std::string> names_;  // of the chapters
  std::set<std::string> asked_;
  Sources sources_;  // that are in the program
  int programs_ = 0;
  double leaving_out_ = 0.0;  // seconds of the processor, of all programs that leave steps out
};

void grade(const Harness* harness, const AnswerKey& key, const std::vector<Graded>& chapters,
           const Conduct& conduct, const Submission& submission, SubmissionResult& result) {
  const OwnFolder workplace(workplace_folder);
  std::error_code error;
  if (fs::is_symlink(submission.path, error)) {
    result.problem = "it is a symbolic link";
    return;
  }
  if (conduct.command.empty()) {
    const std::vector<std::string> wanted = all_mechanisms(chapters);
    const Taken taken = take_sources(submission, wanted, harness->blanks(), conduct.guard);
    result.notes = taken.notes;
    if (!taken.problems.empty()) {
      result.problem = fmt::format(
          "incomplete: {}", render::printable(fmt::format("{}", fmt::join(taken.problems, "; "))));
    }
    Grader(*harness, key, chapters, conduct, workplace).grade(taken.sources, result);
    std::vector<std::string> missing = wanted;
    std::erase_if(missing,
                  [&](const auto& mechanism) { return taken.sources.contains(mechanism); });
    explain_blanks(missing, "is missing, or cannot be used", result);
    return;
  }
  const std::string copy = workplace / "program";
  fs::create_directories(copy);
  result.notes = copy_plain_files(submission, copy, conduct.guard, conduct.command);
  if (fs::is_empty(copy)) {
    result.problem = "incomplete: it has no file that can be used";
    return;
  }
  const Runner runner(conduct, workplace);
  for (const Graded& chapter : chapters) {
    grade_command(chapter, runner, copy, key, workplace, result);
  }
}

/// What is missing of a full result, or "".
std::string shortcoming(const SubmissionResult& result) {
  if (!result.said.empty() && result.points() < result.possible()) {
    return says(result.said.front());
  }
  if (!result.problem.empty()) return result.problem;
  for (const StepResult& step : result.steps) {
    if (step.verdict == Verdict::done) continue;
    return fmt::format("{} is {}{}", step.step,
                       step.verdict == Verdict::wrong ? "wrong" : "missing",
                       step.detail.empty() ? "" : " (" + step.detail + ")");
  }
  return "";
}

}  // namespace

std::string prove(const Harness& harness, const AnswerKey& key, const std::vector<Graded>& chapters,
                  const Conduct& conduct) {
  try {
    Sources reference;
    for (const std::string& mechanism : all_mechanisms(chapters)) {
      reference[mechanism] = harness.library().text(source_of(mechanism));
    }
    const OwnFolder workplace(workplace_folder);
    SubmissionResult result;
    Grader(harness, key, chapters, conduct, workplace).grade(reference, result);
    return shortcoming(result);
  } catch (const std::exception& error) {
    return error.what();
  }
}

SubmissionResult grade_submission(const Harness* harness, const AnswerKey& key,
                                  const std::vector<Graded>& chapters, const Conduct& conduct,
                                  const Submission& submission) {
  const auto start = std::chrono::steady_clock::now();
  SubmissionResult result;
  result.name = submission.name;
  try {
    grade(harness, key, chapters, conduct, submission, result);
  } catch (const std::exception& error) {  // ours, or the machine's
    result.problem = not_graded;
    result.detail = render::printable(error.what());
    result.steps.clear();
  }
  if (result.steps.empty()) leave_ungraded(chapters, result);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  result.seconds = took.count();
  return result;
}

std::string submission_key(const Harness* harness, const AnswerKey& key,
                           const std::vector<Graded>& chapters, const Conduct& conduct,
                           const Submission& submission) {
  Hash hash;
  hash.add(key.program());
  for (const Graded& chapter : chapters) {
    hash.add(yaml_for_students(chapter.assignment));
    for (const Case& of : chapter.cases)
      hash.add(of.name).add(io::read_file(of.config, largest_config));
  }
  for (const std::string& word : conduct.command) hash.add(word);
  // With more time or memory it may do better.
  hash.add(fmt::format("{} {} {}", conduct.guard == Guard::kernel, conduct.running.wall_seconds,
                       conduct.running.memory_bytes));
  if (conduct.command.empty()) {
    const Taken taken =
        take_sources(submission, all_mechanisms(chapters), harness->blanks(), conduct.guard);
    for (const auto& [mechanism, text] : taken.sources) hash.add(mechanism).add(text);
    for (const std::string& problem : taken.problems) hash.add(problem);
    for (const std::string& note : taken.notes) hash.add(note);
    return hash.text();
  }
  add_plain_files(submission, hash);
  return hash.text();
}

}  // namespace attn::grading
