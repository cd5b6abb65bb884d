#include "chapters/cli/batch.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <sstream>
#include <thread>

#include "attn/grading/batch.hpp"
#include "attn/grading/hash.hpp"
#include "attn/grading/parallel.hpp"
#include "attn/grading/process/guards.hpp"
#include "attn/grading/process/own_folder.hpp"
#include "attn/grading/report/marks.hpp"
#include "attn/grading/report/reports.hpp"
#include "attn/io/files.hpp"
#include "attn/io/output.hpp"
#include "attn/render/display_width.hpp"
#include "chapters/cli/commands.hpp"
#include "chapters/cli/course.hpp"
#include "chapters/registry.hpp"

namespace attn::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t largest_record = std::uintmax_t{16} << 20;

[[noreturn]] void reject(const std::string& what, const std::string& why) {
  throw io::InputError(io::Place{.source = what}, why);
}

std::vector<fs::path> configs_in(const std::string& folder) {
  std::vector<fs::path> configs;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".yaml") configs.push_back(entry.path());
  }
  if (configs.empty()) {
    reject(folder,
           "has no cases, expected configs NAME.yaml; `attn cases CHAPTER --seed S --out DIR` "
           "makes some");
  }
  std::sort(configs.begin(), configs.end());
  return configs;
}

/// Submissions are given the config, and must not be given the answers with it.
void expect_no_answers(const io::Source& source) {
  std::istringstream lines(source.text);
  for (std::string line; std::getline(lines, line);) {
    const bool in_one_line = line.starts_with("{") && line.find("expect") != std::string::npos;
    line.erase(std::remove_if(line.begin(), line.end(),
                              [](char c) { return c == '"' || c == '\'' || c == ' '; }),
               line.end());
    if (!in_one_line && !line.starts_with("expect:") && !line.starts_with("?expect")) continue;
    reject(source.name,
           "found `expect:` in a case; submissions can read it, so take the answers out");
  }
}

/// The cases by chapter, in reading order, with what the answer key makes of them.
std::vector<grading::Graded> read_cases(const std::string& folder, const std::string& key) {
  std::map<std::string, std::vector<fs::path>> by_chapter;
  for (const fs::path& config : configs_in(folder)) {
    const io::Source source = io::read_source(config.string());
    expect_no_answers(source);
    by_chapter[std::string(chapters::named_in(source).name)].push_back(config);
  }
  std::vector<grading::Graded> all;
  for (const chapters::Chapter* chapter : chapters::all()) {
    const auto found = by_chapter.find(std::string(chapter->name));
    if (found == by_chapter.end()) continue;
    grading::Graded graded{assignment_of(*chapter), {}};
    for (const fs::path& config : found->second) {
      graded.cases.push_back(
          grading::case_from_key(key, config.stem().string(), fs::absolute(config).string()));
    }
    all.push_back(std::move(graded));
  }
  return all;
}

/// A folder such as .git is none; one that is called like a way out is somebody's.
bool is_hidden(const std::string& name) { return name.starts_with(".") && !name.starts_with(".."); }

std::vector<std::string> submissions_in(const std::string& folder) {
  std::vector<std::string> found;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    // What a link leads to, or that it leads nowhere, is nothing that ends the batch.
    std::error_code ignored;
    const bool wanted =
        fs::is_directory(at->path(), ignored) || fs::is_symlink(at->path(), ignored);
    if (!wanted) continue;
    if (is_hidden(at->path().filename().string())) {
      fmt::print(stderr, "attn: {} is hidden, and not graded\n",
                 render::printable(at->path().string()));
      continue;
    }
    found.push_back(at->path().string());
  }
  if (error) reject(folder, "cannot be read: " + error.message());
  if (found.empty()) reject(folder, "has no submissions, expected a folder for each");
  std::sort(found.begin(), found.end());
  return found;
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
  if (name == "kernel") return grading::Guard::kernel;
  const bool works = grading::bubblewrap_works();
  if (name == "bubblewrap" && !works)
    reject("--sandbox", "bubblewrap does not work on this machine");
  if (!works) {
    fmt::print(stderr, "attn: bubblewrap does not work here; see docs/grading.md. {}\n",
               grading::what_holds(grading::Guard::kernel));
  }
  return works ? grading::Guard::bubblewrap : grading::Guard::kernel;
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

/// The file of a submission's result. A name may be as long as a file's may be without ".json".
std::string file_of(const std::string& name) {
  constexpr std::size_t longest = 200;
  if (name.size() <= longest) return name + ".json";
  return name.substr(0, longest) + "-" + grading::Hash().add(name).text() + ".json";
}

/// "" if the submission cannot even be looked at; then it is not known from an earlier run.
std::string key_of(const grading::Harness& harness, const grading::AnswerKey& key,
                   const std::vector<grading::Graded>& chapters, const grading::Conduct& conduct,
                   const std::string& folder) {
  try {
    return grading::submission_key(&harness, key, chapters, conduct, folder);
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
    const bool done = !result.problem.starts_with(grading::not_graded);
    if (result.key == key && done) return result;
  } catch (const io::InputError&) {  // damaged, as by a machine that went down: made anew
  }
  return std::nullopt;
}

void write_reports(const std::vector<grading::SubmissionResult>& results, const fs::path& out) {
  fs::create_directories(out / "gradescope");
  fs::create_directories(out / "github");
  io::write_file((out / "table.txt").string(), grading::text_table(results, 120, false));
  io::write_file((out / "results.csv").string(), grading::csv(results));
  io::write_file((out / "junit.xml").string(), grading::junit(results));
  for (const grading::SubmissionResult& result : results) {
    const std::string file = file_of(result.name);
    io::write_file((out / "gradescope" / file).string(), grading::gradescope(result));
    io::write_file((out / "github" / file).string(), grading::github_classroom(result));
  }
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
  const std::vector<std::string> folders =
      single ? std::vector<std::string>{batch.submission} : submissions_in(batch.submissions);
  std::error_code error;
  if (single && !fs::is_directory(batch.submission, error)) {
    reject(batch.submission, "is no folder, expected a submission");
  }
  for (const char* prefix : {grading::workplace_folder, grading::scratch_folder}) {
    grading::remove_left_folders(prefix);
  }
  const grading::Conduct conduct = conduct_of(batch);
  const grading::Harness harness(checkout(), all_assignments());
  const grading::AnswerKey key(harness.answer_key());
  const std::vector<grading::Graded> chapters = read_cases(batch.cases, key.program());

  if (single) {
    const grading::SubmissionResult result =
        grading::grade_submission(&harness, key, chapters, conduct, batch.submission);
    print(grading::text_table({&result, 1}, output_width(), use_color(batch.color)));
    if (!batch.gradescope.empty()) io::write_file(batch.gradescope, grading::gradescope(result));
    if (!batch.github.empty()) io::write_file(batch.github, grading::github_classroom(result));
    return done;
  }

  const fs::path records = fs::path(batch.out) / "records";
  fs::create_directories(records, error);
  if (error) reject(batch.out, "cannot make the folder: " + error.message());
  std::vector<grading::SubmissionResult> results(folders.size());
  std::vector<std::string> keys(folders.size());
  std::vector<std::size_t> open;
  for (std::size_t n = 0; n < folders.size(); ++n) {
    const std::string name = fs::path(folders[n]).filename().string();
    keys[n] = key_of(harness, key, chapters, conduct, folders[n]);
    if (auto known = earlier(records / file_of(name), keys[n])) {
      results[n] = std::move(*known);
      results[n].name = name;  // a name that is no text was changed when it was written
    } else {
      open.push_back(n);
    }
  }
  ProgressLine progress(folders.size(), folders.size() - open.size());
  const std::size_t jobs =
      batch.jobs == 0 ? std::max(1U, std::thread::hardware_concurrency()) : batch.jobs;
  grading::in_parallel(jobs, open.size(), [&](std::size_t at) {
    const std::size_t n = open[at];
    results[n] = grading::grade_submission(&harness, key, chapters, conduct, folders[n]);
    results[n].key = keys[n];
    io::write_file((records / file_of(results[n].name)).string(), grading::to_json(results[n]));
    progress.add(results[n]);
  });
  write_reports(results, batch.out);
  print(grading::text_table(results, output_width(), use_color(batch.color)));
  return done;
}

}  // namespace attn::cli
