/// A chapter from the command line, as a whole process: start, config, mathematics, text.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <string>

namespace {

/// Runs the program with its output thrown away. Returns whether it ended with status 0.
bool run(const std::string& chapter) {
  const std::string program = ATTN_PROGRAM;
  std::string words[] = {program, chapter};
  char* argv[] = {words[0].data(), words[1].data(), nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t pid = 0;
  const int failed = posix_spawn(&pid, program.c_str(), &actions, nullptr, argv, environ);
  posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  return failed == 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
         WEXITSTATUS(status) == 0;
}

void program_bench(benchmark::State& state, const std::string& chapter) {
  for (auto _ : state) {
    if (!run(chapter)) state.SkipWithError("the program failed");
  }
}

/// One benchmark for each default config.
const bool registered = [] {
  namespace fs = std::filesystem;
  for (const fs::directory_entry& file : fs::directory_iterator(ATTN_SOURCE_DIR "/configs")) {
    if (file.path().extension() != ".yaml") continue;
    const std::string chapter = file.path().stem();
    benchmark::RegisterBenchmark(("program/" + chapter).c_str(), program_bench, chapter)
        ->UseRealTime()
        ->Unit(benchmark::kMillisecond);
  }
  return true;
}();

}  // namespace
