#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <thread>

#include "attn/grading/process/process.hpp"
#include "chapters/cli/commands.hpp"
#include "chapters/cli/course.hpp"
#include "chapters/cli/grade.hpp"

namespace attn::cli {
namespace {

namespace fs = std::filesystem;

/// When each of the assignment's sources was last written.
std::map<std::string, fs::file_time_type> saved(const grading::Assignment& assignment) {
  std::map<std::string, fs::file_time_type> times;
  for (const std::string& mechanism : assignment.mechanisms()) {
    std::error_code gone;  // while an editor replaces it
    const std::string path = checkout().source + "/lib/attn/mechanisms/" + mechanism + ".cpp";
    times[path] = fs::last_write_time(path, gone);
  }
  return times;
}

/// Runs a program of ours with our own outputs; its exit status.
int run_here(const std::vector<std::string>& words) {
  std::vector<char*> argv;
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    execv(argv[0], argv.data());
    _exit(127);
  }
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) < 0) return 127;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void clear_screen() {
  if (isatty(STDOUT_FILENO) == 1) say("\033[H\033[2J\033[3J");
}

}  // namespace

int watch(const chapters::Chapter& chapter, std::size_t rounds, Color color) {
  const grading::Assignment assignment = assignment_of(chapter);
  public_cases(std::string(chapter.name));  // or it says why there are none
  const std::string root = checkout().source;
  const std::string program = checkout().build + "/attn";
  for (std::size_t round = 1;; ++round) {
    const auto before = saved(assignment);
    clear_screen();
    const auto start = std::chrono::steady_clock::now();
    if (run_here({root + "/attn", "build"}) == 0) {
      // The program that was just built, not this one.
      run_here({program, "grade", std::string(chapter.name), "--course", "--color",
                use_color(color) ? "always" : "never"});
    } else {
      say("\nIt does not compile yet. The first error is the one to look at.\n");
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    say(fmt::format("\n{:.1f} s. Save a file to go on, Ctrl-C to end.\n", took.count()));
    if (round == rounds) return done;
    while (saved(assignment) == before) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
  }
}

}  // namespace attn::cli
