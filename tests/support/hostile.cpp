#include "tests/support/hostile.hpp"

#include <unistd.h>

#include <atomic>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "tests/support/program.hpp"

namespace attn::test {
namespace {

namespace fs = std::filesystem;

class Compiled {
 public:
  Compiled() {
    fs::permissions(folder_.path(), fs::perms{0755});
    grading::Command compile;
    compile.argv = {"cc",
                    "-O1",
                    "-w",
                    "-pthread",
                    "-o",
                    path(),
                    std::string(ATTN_SOURCE_DIR) + "/tests/support/hostile.c"};
    compile.environment = {{"PATH", "/usr/local/bin:/usr/bin:/bin"}};
    grading::Limits limits;
    limits.wall_seconds = limits.cpu_seconds = 60;
    const grading::Ended ended = grading::run(compile, limits);
    if (!ended.ok()) throw std::runtime_error("cc " + ended.explain() + "\n" + ended.err);
  }
  fs::path path() const { return folder_.path() / "hostile"; }

 private:
  Folder folder_;
};

}  // namespace

const fs::path& hostile_program() {
  static const Compiled compiled;
  static const fs::path path = compiled.path();
  return path;
}

grading::Command hostile(const std::vector<std::string>& arguments) {
  grading::Command command;
  command.argv = {hostile_program().string()};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  command.environment = {{"PATH", "/usr/bin:/bin"}};
  return command;
}

grading::Limits small_limits() {
  grading::Limits limits;
  limits.wall_seconds = 20;
  limits.cpu_seconds = 10;
  limits.memory_bytes = std::uint64_t{512} << 20;
  limits.output_bytes = 1 << 20;
  limits.file_bytes = 4 << 20;
  limits.disk_bytes = 16 << 20;
  limits.processes = 16;
  return limits;
}

std::vector<int> pids_named(const std::string& word) {
  std::vector<int> pids;
  std::error_code error;
  for (fs::directory_iterator at("/proc", error), end; !error && at != end; at.increment(error)) {
    std::ifstream file(at->path() / "cmdline", std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    if (text.str().find(word) == std::string::npos) continue;
    pids.push_back(std::stoi(at->path().filename().string()));
  }
  return pids;
}

int processes_named(const std::string& word) { return static_cast<int>(pids_named(word).size()); }

std::string unique_word() {
  static std::atomic<int> next{0};
  return "attn-word-" + std::to_string(::getpid()) + "-" + std::to_string(next++);
}

}  // namespace attn::test
