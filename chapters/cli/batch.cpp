#include "chapters/cli/batch.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <sstream>
#include <thread>

#include "attn/grading/batch.hpp"
#include "attn/grading/evidence.hpp"
#include "attn/grading/examine.hpp"
#include "attn/grading/inbox/case_files.hpp"
#include "attn/grading/inbox/submissions.hpp"
#include "attn/grading/inbox/withdrawn.hpp"
#include "attn/grading/parallel.hpp"
#include "attn/grading/process/closed.hpp"
#include "attn/grading/process/guards.hpp"
#include "attn/grading/process/own_folder.hpp"
#include "attn/grading/report/marks.hpp"
#include "attn/grading/report/remarks.hpp"
#include "attn/grading/report/reports.hpp"
#include "attn/grading/report/student.hpp"
#include "attn/grading/report/words.hpp"
#include "attn/io/config.hpp"
#include "attn/io/files.hpp"
#include "attn/io/output.hpp"
#include "attn/render/display_width.hpp"
#include "chapters/cli/commands.hpp"
#include "chapters/cli/course.hpp"
#include "chapters/registry.hpp"

namespace attn::cli {
namespace {

namespace fs = std::filesystem;

// Of what a compiler or a program said: of one submission all of it, of a class enough to see why.
constexpr std::size_t all_lines = 10000, some_lines = 6;

constexpr std::uintmax_t largest_record = std::uintmax_t{16} << 20;

[[noreturn]] void reject(const std::string& what, const std::string& why) {
  throw io::InputError(io::Place{.source = what}, why);
}

/// On standard error.
void tell(const std::vector<std::string>& sentences) {
  for (const std::string& sentence : sentences) fmt::print(stderr, "attn: {}\n", sentence);
}

/// What no case reaches counts for nobody, and against nobody.
void leave_out_what_no_case_reaches(grading::Graded& graded) {
  const std::set<std::string> reached = grading::steps_reached(graded.assignment, graded.cases);
  std::erase_if(graded.assignment.steps, [&](const grading::Step& step) {
    if (reached.contains(step.id)) return false;
    fmt::print(stderr, "attn: no case reaches {}, so it is not graded\n", step.id);
    return true;
  });
}

/// The cases by chapter, in reading order, with what the answer key makes of them.
std::vector<grading::Graded> read_cases(const std::string& folder, const std::string& key) {
  std::map<std::string, std::vector<grading::CaseFile>> by_chapter;
  const grading::CaseFiles cases = grading::case_files_in(folder);
  tell(cases.told);
  for (const grading::CaseFile& file : cases.files) {
    const io::Source source = io::read_source(file.path);
    const chapters::Chapter& chapter = chapters::named_in(source);
    io::load_config(source, chapter.schema(), {});  // says all that is wrong with it
    by_chapter[std::string(chapter.name)].push_back(file);
  }
  std::vector<grading::Graded> all;
  for (const chapters::Chapter* chapter : chapters::all()) {
    const auto found = by_chapter.find(std::string(chapter->name));
    if (found == by_chapter.end()) continue;
    grading::Graded graded{assignment_of(*chapter), {}};
    for (const grading::CaseFile& file : found->second) {
      graded.cases.push_back(
          grading::case_from_key(key, file.name, fs::absolute(file.path).string()));
    }
    all.push_back(std::move(graded));
  }
  return all;
}

/// Asks for what the chapters share, as the handout of all of them does.
void add_shared(std::vector<grading::Graded>& graded, const grading::Library& library) {
  std::vector<std::string> names;
  for (const grading::Graded& chapter : graded) names.push_back(chapter.assignment.chapter);
  const auto reached = [&](const std::string& chapter, const std::string& step) {
    return std::any_of(graded.begin(), graded.end(), [&](const grading::Graded& of) {
      return of.assignment.chapter == chapter &&
             std::any_of(of.cases.begin(), of.cases.end(), [&](const grading::Case& one) {
               return grading::comes_to(one.key, step);
             });
    });
  };
  const std::vector<grading::Assignment> asked =
      grading::asked(grading::choose(library, names), reached);
  for (std::size_t n = 0; n < graded.size(); ++n) graded[n].assignment = asked.at(n);
}

/// A line on standard error that says how far it is: on a terminal one that overwrites itself.
class ProgressLine {
 public:
  ProgressLine(std::size_t all, std::size_t known) : all_(all), done_(known) {
    if (known > 0) fmt::print(stderr, "{} of {} were graded before\n", known, all);
  }

  void add(const grading::SubmissionResult& result) {
    const std::lock_guard lock(mutex_);
    ++done_;
    const std::string line =
        fmt::format("{:>4} of {}  {}  {} of {}{}", done_, all_, render::printable(result.name),
                    grading::points_text(result.points()), grading::points_text(result.possible()),
                    result.problem.empty() ? "" : "  " + render::printable(result.problem));
    if (isatty(STDERR_FILENO) != 1) {
      fmt::print(stderr, "{}\n", line.substr(0, 200));
      return;
    }
    constexpr std::size_t width = 24;
    const std::size_t filled = done_ * width / all_;
    std::string bar;
    for (std::size_t n = 0; n < width; ++n) bar += n < filled ? "█" : "░";
    fmt::print(stderr, "\r\033[K{} {}", bar, render::shortened(line, 100));
    if (done_ == all_) fmt::print(stderr, "\r\033[K");
    std::fflush(stderr);
  }

 private:
  std::mutex mutex_;
  std::size_t all_, done_;
};

std::vector<std::string> words_of(const std::string& command) {
  std::vector<std::string> words;
  std::istringstream stream(command);
  for (std::string word; stream >> word;) words.push_back(word);
  if (command.find("{config}") == std::string::npos && !words.empty()) {
    reject("--command",
           "found \"" + command + "\", expected {config} where the config's path belongs");
  }
  return words;
}

grading::Guard guard_of(const std::string& name) {
  using grading::Guard;
  const bool works = name != "kernel" && grading::bubblewrap_works();
  if (works) return Guard::bubblewrap;
  if (name == "bubblewrap") reject("--sandbox", "bubblewrap does not work on this machine");
  if (name != "kernel" && grading::runs_as_ourselves(Guard::kernel)) {
    reject("--sandbox",
           "neither bubblewrap nor Landlock works here, and you are not root: submissions could "
           "read and change all that you can; install bubblewrap, or say --sandbox kernel if you "
           "trust them");
  }
  fmt::print(stderr, "attn: {}; see docs/grading.md. {}\n",
             name == "kernel" ? "without bubblewrap" : "bubblewrap does not work here",
             grading::what_holds(Guard::kernel));
  return Guard::kernel;
}

grading::Conduct conduct_of(const Batch& batch) {
  grading::Conduct conduct;
  conduct.guard = guard_of(batch.sandbox);
  conduct.command = words_of(batch.command);
  conduct.running.memory_bytes = std::uint64_t{batch.memory} << 20;
  // What uses the processor is stopped by its time there, and can still say how far it came; the
  // clock on the wall, which others slow down, is for what waits.
  conduct.running.wall_seconds = 2.0 * batch.seconds + 1.0;
  conduct.running.cpu_seconds = batch.seconds;
  // Who has little patience with programs has little with compilers, but for slow machines.
  conduct.compiling.wall_seconds = std::clamp(6 * batch.seconds, 20.0, 60.0);
  conduct.compiling.cpu_seconds = conduct.compiling.wall_seconds;
  return conduct;
}

std::vector<std::string> names_of(const std::vector<grading::Submission>& submissions) {
  std::vector<std::string> names;
  for (const grading::Submission& submission : submissions) names.push_back(submission.name);
  return names;
}

/// "" if the submission cannot even be looked at; then it is not known from an earlier run.
std::string key_of(const grading::Harness& harness, const grading::AnswerKey& key,
                   const std::vector<grading::Graded>& chapters, const grading::Conduct& conduct,
                   const grading::Submission& submission) {
  try {
    return grading::submission_key(&harness, key, chapters, conduct, submission);
  } catch (const std::exception&) {  // grading it says what is the matter
    return "";
  }
}

/// The result of an earlier run, if it was made from the same.
std::optional<grading::SubmissionResult> earlier(const fs::path& record, const std::string& key) {
  std::error_code error;
  if (key.empty() || !fs::exists(record, error)) return std::nullopt;
  try {
    grading::SubmissionResult result =
        grading::result_from_json(io::read_file(record.string(), largest_record), record.string());
    // What was wrong with the machine may be mended by now.
    if (result.key == key && result.was_graded()) return result;
  } catch (const io::InputError&) {  // damaged, as by a machine that went down: made anew
  }
  return std::nullopt;
}

void write_reports(const std::vector<grading::SubmissionResult>& results,
                   const std::vector<std::string>& files, const fs::path& out) {
  fs::create_directories(out / "gradescope");
  fs::create_directories(out / "github");
  fs::create_directories(out / "students");
  io::write_file((out / "table.txt").string(), grading::text_table(results, 120, false) +
                                                   grading::text_remarks(results, some_lines));
  io::write_file((out / "results.csv").string(), grading::csv(results));
  io::write_file((out / "junit.xml").string(), grading::junit(results));
  for (std::size_t n = 0; n < results.size(); ++n) {
    const std::string file = files[n] + ".json";
    io::write_file((out / "gradescope" / file).string(), grading::gradescope(results[n]));
    io::write_file((out / "github" / file).string(), grading::github_classroom(results[n]));
    io::write_file((out / "students" / (files[n] + ".txt")).string(),
                   grading::student_page(results[n]));
  }
}

/// What the machine did not let us grade is a fault, and graded anew next time.
int status_of(std::span<const grading::SubmissionResult> results) {
  const auto open = std::count_if(results.begin(), results.end(),
                                  [](const auto& result) { return !result.was_graded(); });
  if (open == 0) return done;
  fmt::print(stderr,
             "attn: {} of {} could not be graded on this machine, which is no zero; the same "
             "command grades them anew\n",
             open, results.size());
  return our_fault;
}

/// Is `inside` the folder `outside`, or in it?
bool lies_in(const fs::path& inside, const fs::path& outside) {
  const fs::path relative =
      fs::weakly_canonical(inside).lexically_relative(fs::weakly_canonical(outside));
  return !relative.empty() && *relative.begin() != "..";
}

/// Programs in a sandbox see the system's folders, whatever lies in them.
void expect_out_of_sight(const std::vector<std::string>& places) {
  for (const std::string& place : places) {
    for (const std::string& folder : grading::system_files()) {
      std::error_code error;
      if (place.empty() || !fs::is_directory(folder, error) || !lies_in(place, folder)) continue;
      reject(place, "is in " + folder + ", which submissions can read; expected another place");
    }
  }
}

/// What would tell a submission how the steps are written, or what comes out of them.
std::vector<std::string> answers(const Batch& batch, const std::string& key) {
  const std::string& source = checkout().source;
  const std::string& build = checkout().build;
  std::vector<std::string> places{batch.cases,
                                  batch.submissions,
                                  batch.out,
                                  fs::path(key).parent_path(),
                                  source + "/.git",
                                  source + "/chapters",
                                  source + "/tests",
                                  build + "/attn",
                                  build + "/attn_tests",
                                  build + "/attn_bench",
                                  build + "/libattn.a",
                                  build + "/CMakeFiles/attn_lib.dir/lib/attn/mechanisms"};
  std::erase(places, "");
  std::error_code error;
  for (fs::recursive_directory_iterator at(source + "/lib", error), end; !error && at != end;
       at.increment(error)) {
    if (at->path().extension() == ".cpp") places.push_back(at->path().string());
  }
  for (fs::directory_iterator at(source + "/build", error), end; !error && at != end;
       at.increment(error)) {
    // Other builds of the same; but not what this one is in.
    if (at->is_directory() && !lies_in(build, at->path())) places.push_back(at->path().string());
  }
  return places;
}

}  // namespace

int grade_batch(const Batch& batch) {
  if (is_handout()) {
    reject("grade",
           "this is a student's tree, which has no answer key; grade submissions in the "
           "teacher's checkout");
  }
  const bool single = !batch.submission.empty();
  if (batch.cases.empty()) reject("--cases", "is missing, expected a folder of configs");
  if (!single && batch.out.empty())
    reject("--out", "is missing, expected a folder for the results");
  if (!single && lies_in(batch.out, batch.submissions)) {
    reject("--out", "is inside the submissions, expected another folder");
  }
  expect_out_of_sight({checkout().source, checkout().build, batch.cases, batch.submissions,
                       batch.submission, batch.out});
  grading::Inbox inbox;
  if (single) {
    inbox.submissions.push_back(grading::submission_at(batch.submission));
  } else {
    inbox = grading::submissions_in(batch.submissions);
  }
  tell(inbox.told);
  const std::vector<grading::Submission>& submissions = inbox.submissions;
  for (const char* prefix : {grading::workplace_folder, grading::scratch_folder,
                             grading::submission_folder, grading::key_folder}) {
    grading::remove_left_folders(prefix);
  }
  const grading::Conduct conduct = conduct_of(batch);
  const grading::Harness harness(checkout(), all_assignments());
  const grading::AnswerKey key(harness.answer_key());
  std::vector<grading::Graded> chapters = read_cases(batch.cases, key.program());
  add_shared(chapters, harness.library());
  for (grading::Graded& chapter : chapters) leave_out_what_no_case_reaches(chapter);
  const std::string readable =
      grading::close_to_others(conduct.guard, answers(batch, harness.answer_key()));
  if (!readable.empty()) reject("grade", readable);

  // A grader that fails the reference would fail everybody.
  if (const std::string fault = grading::prove(harness, key, chapters, conduct); !fault.empty()) {
    fmt::print(stderr,
               "attn: nothing was graded, for the reference itself does not get all points with "
               "these cases on this machine: {}\n",
               render::printable(fault));
    return our_fault;
  }

  if (single) {
    const grading::SubmissionResult result =
        grading::grade_submission(&harness, key, chapters, conduct, submissions.front());
    say(grading::text_table({&result, 1}, output_width(), use_color(batch.color)));
    say(grading::text_remarks({&result, 1}, all_lines));
    if (!batch.gradescope.empty()) io::write_file(batch.gradescope, grading::gradescope(result));
    if (!batch.github.empty()) io::write_file(batch.github, grading::github_classroom(result));
    return status_of({&result, 1});
  }

  std::error_code error;
  const fs::path records = fs::path(batch.out) / "records";
  fs::create_directories(records, error);
  if (error) reject(batch.out, "cannot make the folder: " + error.message());
  const std::vector<std::string> files = grading::file_names_of(names_of(submissions));
  for (const std::string& file : grading::move_withdrawn(batch.out, files)) {
    tell({fmt::format("there is no submission {} any more; its old results are in {}",
                      grading::file_text(file), batch.out + "/withdrawn")});
  }
  std::vector<grading::SubmissionResult> results(submissions.size());
  std::vector<std::string> keys(submissions.size());
  std::vector<std::size_t> open;
  for (std::size_t n = 0; n < submissions.size(); ++n) {
    keys[n] = key_of(harness, key, chapters, conduct, submissions[n]);
    if (auto known = earlier(records / (files[n] + ".json"), keys[n])) {
      results[n] = std::move(*known);
      results[n].name =
          submissions[n].name;  // a name that is no text was changed when it was written
    } else {
      open.push_back(n);
    }
  }
  ProgressLine progress(submissions.size(), submissions.size() - open.size());
  const std::size_t jobs =
      batch.jobs == 0 ? std::max(1U, std::thread::hardware_concurrency()) : batch.jobs;
  grading::in_parallel(jobs, open.size(), [&](std::size_t at) {
    const std::size_t n = open[at];
    results[n] = grading::grade_submission(&harness, key, chapters, conduct, submissions[n]);
    results[n].key = keys[n];
    io::write_file((records / (files[n] + ".json")).string(), grading::to_json(results[n]));
    progress.add(results[n]);
  });
  write_reports(results, files, batch.out);
  say(grading::text_table(results, output_width(), use_color(batch.color)));
  return status_of(results);
}

}  // namespace attn::cli
