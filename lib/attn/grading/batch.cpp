#include "attn/grading/batch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>

#include "attn/grading/hash.hpp"
#include "attn/grading/process/own_folder.hpp"
#include "attn/grading/submission.hpp"
#include "attn/io/files.hpp"
#include "attn/io/output.hpp"
#include "attn/io/trace_json.hpp"
#include "attn/render/display_width.hpp"

namespace attn::grading {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t largest_config = std::uintmax_t{16} << 20;

std::vector<std::string> all_mechanisms(const std::vector<Graded>& chapters) {
  std::vector<std::string> all;
  for (const Graded& chapter : chapters) {
    for (const std::string& mechanism : chapter.assignment.mechanisms()) {
      if (std::find(all.begin(), all.end(), mechanism) == all.end()) all.push_back(mechanism);
    }
  }
  return all;
}

/// The first lines, without the path of our folder: a thousand-line error says no more.
std::string first_lines(const std::string& text, std::size_t most) {
  std::string lines;
  std::size_t start = 0;
  for (std::size_t n = 0; n < most && start < text.size(); ++n) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    lines +=
        (lines.empty() ? "" : "\n") + text.substr(start, std::min<std::size_t>(end - start, 300));
    start = end + 1;
  }
  return start < text.size() ? lines + "\n…" : lines;
}

std::string cell_text(const trace::Difference& d) {
  if (d.cell.empty()) return d.tensor;
  return fmt::format("{}[{}]", d.tensor, fmt::join(d.cell, ", "));
}

/// For the teacher, in one line.
std::string detail_of(const Fault& fault) {
  const trace::Difference& d = fault.difference;
  if (d.what == trace::Difference::What::value) {
    return fmt::format("case {}: {} expected {}, got {}; {} of {} cells differ", fault.in_case,
                       cell_text(d), d.expected, d.got, d.differing, d.cells);
  }
  if (d.what == trace::Difference::What::shape) {
    return fmt::format("case {}: {} has shape ({}), expected ({})", fault.in_case, d.tensor,
                       fmt::join(d.got_shape, ", "), fmt::join(d.expected_shape, ", "));
  }
  return fmt::format("case {}: {}", fault.in_case, d.tensor);
}

/// Says what became of a step, to the student without any number.
void put_words(const Step& step, JudgedStep& judged) {
  StepResult& result = judged.result;
  if (judged.fault) result.detail = detail_of(*judged.fault);
  switch (result.verdict) {
    case Verdict::done:
      result.message = result.carried ? "right, with your own numbers before it" : "";
      break;
    case Verdict::not_written:
      result.message = judged.unclear ? "cannot be judged before the steps above it are right"
                                      : "not written, or not reached";
      break;
    case Verdict::wrong:
      result.message = "not right yet. Hint: " + step.hints.front();
      for (const Mistake& mistake : step.mistakes) {
        if (mistake.name == result.mistake) result.message = mistake.name + ". " + mistake.says;
      }
      break;
  }
}

/// Runs one case as the conduct says.
class Runner {
 public:
  Runner(const Conduct& conduct, const OwnFolder& workplace, std::string program)
      : conduct_(conduct), workplace_(workplace), program_(std::move(program)) {}

  Ended operator()(const Case& of, bool hurried) const {
    const std::string config = workplace_ / "case.yaml";
    io::write_file(config, io::read_file(of.config, largest_config));
    Sandbox sandbox{};
    sandbox.read_only = {{config, config}};
    Command command;
    command.environment = {{"LC_ALL", "C.UTF-8"}, {"PATH", "/usr/local/bin:/usr/bin:/bin"}};
    if (conduct_.command.empty()) {
      sandbox.read_only.push_back({program_, program_});
      command.argv = {program_, "replay", config};
    } else {
      sandbox.processes = true;
      sandbox.scratch = true;
      sandbox.read_only.push_back({program_, program_});
      command.folder = program_;
      for (const std::string& word : conduct_.command) {
        command.argv.push_back(word);
        const std::size_t at = word.find("{config}");
        if (at != std::string::npos) command.argv.back().replace(at, 8, config);
      }
    }
    Limits limits = limits_for(of);
    if (hurried) {
      limits.cpu_seconds = std::min(1.0, limits.cpu_seconds);
      limits.wall_seconds = std::min(5.0, limits.wall_seconds);
    }
    return run_in(conduct_.guard, sandbox, command, limits);
  }

 private:
  /// Nobody needs many times the output of the reference, and we have to read all of it.
  Limits limits_for(const Case& of) const {
    constexpr std::uint64_t always = 1 << 20;
    Limits limits = conduct_.running;
    limits.output_bytes = std::min(limits.output_bytes, always + 8 * io::to_json(of.key).size());
    return limits;
  }

  const Conduct& conduct_;
  const OwnFolder& workplace_;
  std::string program_;  ///< or, for another language, the folder of the submission's copy
};

void grade_chapter(const Graded& chapter, const Runner& runner, const AnswerKey& key,
                   const OwnFolder& workplace, SubmissionResult& result) {
  // What never ends in two cases is not waited for in the others; the steps before it still count.
  // One that says nothing in two leaves no step done, whatever it would say in the others.
  constexpr int enough = 2;
  int late = 0;
  int silent = 0;
  std::vector<Evidence> evidence;
  std::string problem;
  std::map<std::string, std::size_t> tried;
  for (const Case& of : chapter.cases) {
    Run run;
    if (silent < enough) {
      const Ended ended = runner(of, late >= enough);
      if (ended.how == Ended::How::not_started) throw std::runtime_error(ended.explain());
      run = run_from(ended);
      if (run.out_of_time) ++late;
      if (run.out_of_time && run.trace.steps.empty()) ++silent;
    }
    if (problem.empty() && !run.problem.empty()) problem = "case " + of.name + ": " + run.problem;
    const std::string scratch = workplace / "key";
    fs::create_directories(scratch);
    fs::permissions(scratch, fs::perms::owner_all);
    for (Evidence& e : evidence_from_key(key, chapter.assignment, of, run, scratch, tried)) {
      evidence.push_back(std::move(e));
    }
  }
  bool told = false;
  for (const Step& step : chapter.assignment.steps) {
    JudgedStep judged = judge(step, evidence);
    put_words(step, judged);
    if (!problem.empty() && !told && judged.result.verdict == Verdict::not_written) {
      judged.result.verdict = Verdict::wrong;
      judged.result.message = "the program stops in this step, or in one that needs it";
      judged.result.detail = render::printable(first_lines(problem, 5));
      told = true;
    }
    result.steps.push_back(std::move(judged.result));
  }
  if (!problem.empty() && result.problem.empty()) {
    result.problem = "does not run to its end: " + render::printable(first_lines(problem, 5));
  }
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

void grade(const Harness* harness, const AnswerKey& key, const std::vector<Graded>& chapters,
           const Conduct& conduct, const std::string& folder, SubmissionResult& result) {
  const OwnFolder workplace(workplace_folder);
  std::string program = workplace / "program";
  std::error_code error;
  if (fs::is_symlink(folder, error)) {
    result.problem = "is a symbolic link";
    return;
  }
  if (conduct.command.empty()) {
    const Taken taken = take_sources(folder, all_mechanisms(chapters), harness->blanks());
    if (!taken.problems.empty()) {
      result.problem = fmt::format(
          "incomplete: {}", render::printable(fmt::format("{}", fmt::join(taken.problems, "; "))));
    }
    const Built built = harness->build(taken.sources, all_mechanisms(chapters), program,
                                       conduct.guard, conduct.compiling);
    if (!built.said.empty()) {
      result.problem = "does not compile: " + render::printable(first_lines(built.said, 20));
    }
    if (built.program.empty()) return;
    program = built.program;
  } else {
    fs::create_directories(program);
    copy_plain_files(folder, program);
  }
  const Runner runner(conduct, workplace, program);
  for (const Graded& chapter : chapters) grade_chapter(chapter, runner, key, workplace, result);
}

}  // namespace

SubmissionResult grade_submission(const Harness* harness, const AnswerKey& key,
                                  const std::vector<Graded>& chapters, const Conduct& conduct,
                                  const std::string& folder) {
  const auto start = std::chrono::steady_clock::now();
  SubmissionResult result;
  fs::path path = fs::absolute(folder).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();
  result.name = path.filename().string();
  try {
    grade(harness, key, chapters, conduct, path.string(), result);
  } catch (const std::exception& error) {
    result.problem = std::string(not_graded) + ": " + render::printable(error.what());
    result.steps.clear();
  }
  if (result.steps.empty()) leave_ungraded(chapters, result);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  result.seconds = took.count();
  return result;
}

std::string submission_key(const Harness* harness, const AnswerKey& key,
                           const std::vector<Graded>& chapters, const Conduct& conduct,
                           const std::string& folder) {
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
    const Taken taken = take_sources(folder, all_mechanisms(chapters), harness->blanks());
    for (const auto& [mechanism, text] : taken.sources) hash.add(mechanism).add(text);
    for (const std::string& problem : taken.problems) hash.add(problem);
    return hash.text();
  }
  std::error_code error;
  if (fs::is_symlink(folder, error)) return hash.add("a symbolic link").text();
  add_plain_files(folder, hash);
  return hash.text();
}

}  // namespace attn::grading
