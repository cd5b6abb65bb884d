/// Whose fault it was: the machine's, or of what was run.
#include "attn/grading/process/machine_fault.hpp"

#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <thread>

#include "attn/grading/process/outside.hpp"
#include "tests/grading/process/guards.hpp"
#include "tests/support/program.hpp"

using namespace attn::grading;
using namespace attn::test;
using How = Ended::How;

namespace {

/// Runs a program that sleeps, kills whatever has its word in its command line, and says how it
/// ended.
Ended killed_while_it_sleeps(Guard guard, bool only_the_program) {
  const std::string word = unique_word();
  std::vector<std::string> arguments{"sleepers", "0", word};
  std::thread killer([&] {
    std::vector<int> pids;
    const std::size_t expected = guard == Guard::bubblewrap ? 4 : 1;
    for (int n = 0; n < 400 && (pids = pids_named(word)).size() < expected; ++n) ::usleep(10000);
    ::usleep(50000);
    pids = pids_named(word);
    if (pids.empty()) return;
    if (only_the_program) {
      ::kill(pids.back(), SIGKILL);  // the youngest
    } else {
      ::kill(pids.front(), SIGKILL);
    }
  });
  const Ended ended = try_it(guard, arguments);
  killer.join();
  return ended;
}

Ended said_by_compiler(const std::string& text) {
  Ended ended;
  ended.how = How::exited;
  ended.status = 1;
  ended.err = text;
  return ended;
}

}  // namespace

TEST_CASE("machine fault: exit status 137 is no signal", "[grading]") {
  const Guard guard = each_guard();
  for (const int status : {129, 137, 139, 152, 159}) {
    const Ended ended = try_it(guard, {"exit", std::to_string(status)});
    CHECK(ended.how == How::exited);
    CHECK(ended.status == status);
    CHECK(ended.explain() == "ended with exit status " + std::to_string(status));
    CHECK(fault_of_machine(ended).empty());
  }
}

TEST_CASE("machine fault: who takes all of the memory has nobody else to blame", "[grading]") {
  const Outside outside(~std::uint64_t{0});  // as many as never were ended before
  const auto blamed = [&](std::uint64_t mebibytes, bool processes) {
    Ended ended;
    ended.how = How::killed_by_signal;
    ended.status = SIGKILL;
    ended.peak_bytes = mebibytes << 20;
    outside.blame(ended, processes);
    return fault_of_machine(ended);
  };
  CHECK(blamed(20, false) == "was ended by the system, which had no memory left");
  CHECK(blamed(700, false).empty());
  CHECK_FALSE(blamed(700, true).empty());  // a compiler, or a program that brings PyTorch along
}

TEST_CASE("machine fault: who is killed from outside is not at fault, nor is who has no sandbox",
          "[grading]") {
  const Guard guard = each_guard();
  const Ended program = killed_while_it_sleeps(guard, true);
  CHECK(program.how == How::killed_by_signal);
  CHECK(program.status == SIGKILL);
  CHECK(program.from_outside);
  CHECK(fault_of_machine(program) == "was killed from outside, by signal 9");
  if (guard == Guard::bubblewrap) {
    const Ended sandbox = killed_while_it_sleeps(guard, false);
    CHECK(fault_of_machine(sandbox) == "was ended with its sandbox, which was killed from outside");
  }
  Command command = hostile({});
  command.argv = {"attn-is-not-called-so"};
  CHECK_FALSE(fault_of_machine(run_in(guard, with_program(), command, small_limits())).empty());
}

TEST_CASE("machine fault: what a program does and says itself is its own fault", "[grading]") {
  const Guard guard = each_guard();
  for (const char* what : {"crash", "abort", "end-by-child", "flood"}) {
    const Ended ended = try_it(guard, {what, "1"}, with_processes());
    CAPTURE(what, ended.explain());
    CHECK_FALSE(ended.ok());
    CHECK(fault_of_machine(ended).empty());
  }
  Ended said = said_by_compiler("No space left on device\n");
  CHECK(fault_of_machine(said).empty());
}

TEST_CASE("machine fault: a compiler without space or memory says so", "[grading]") {
  Limits limits;
  for (const char* text : {
           "a.cpp:3:1: fatal error: error writing to /tmp/ccx.s: No space left on device\n",
           "/usr/bin/ld: final link failed: No space left on device\n",
           "{standard input}: Fatal error: can't write 24 bytes to section .text of a.o: 'No space "
           "left on device'\n",
           "cc1plus: out of memory allocating 65536 bytes after a total of 1234 bytes\n",
           "virtual memory exhausted: Cannot allocate memory\n",
           "c++: fatal error: Killed signal terminated program cc1plus\ncompilation terminated.\n",
           "cc1plus: error while loading shared libraries: libmpc.so.3: cannot open shared object "
           "file: No such file or directory\n",
           "c++: fatal error: cannot execute 'cc1plus': execvp: No such file or directory\n",
       }) {
    CAPTURE(text);
    CHECK_FALSE(fault_of_machine_in_tool(said_by_compiler(text), limits).empty());
  }
  for (const char* text : {
           "a.cpp:3:1: error: expected ';'\n",
           "a.cpp:3:2: error: #error No space left on device\n",
           "a.cpp:3:2: error: static assertion failed: No space left on device\n",
           "cc1plus: out of memory allocating 1099511627776 bytes after a total of 1234 bytes\n",
           "c++: fatal error: CPU time limit exceeded signal terminated program cc1plus\n",
       }) {
    CAPTURE(text);
    CHECK(fault_of_machine_in_tool(said_by_compiler(text), limits).empty());
  }
  Ended full = said_by_compiler("virtual memory exhausted: Cannot allocate memory\n");
  full.peak_bytes = limits.memory_bytes / 10 * 9;  // its own limit, not the machine's
  CHECK(fault_of_machine_in_tool(full, limits).empty());
}

TEST_CASE("machine fault: a real compiler on a full disk, and one at its own limit", "[grading]") {
  const Guard guard = each_guard();
  const Folder folder;
  folder.file("a.cpp", "int main() {}\n");
  folder.file(
      "bomb.cpp",
      "#define A 1, 2, 3, 4, 5, 6, 7, 8, 9, 10\n#define B A, A, A, A, A, A, A, A, A, A\n"
      "#define C B, B, B, B, B, B, B, B, B, B\n#define D C, C, C, C, C, C, C, C, C, C\n"
      "#define E D, D, D, D, D, D, D, D, D, D\nint many[] = {E, E, E, E, E, E, E, E, E};\n");
  Sandbox sandbox;
  sandbox.writable = {{folder.path(), folder.path()}};
  sandbox.processes = sandbox.scratch = true;
  Command compile;
  compile.argv = {"g++", "-c", "-pipe", "-o", "/dev/full", "a.cpp"};
  compile.folder = folder.path();
  compile.environment = {{"PATH", "/usr/bin:/bin"}, {"LC_ALL", "C.UTF-8"}};
  Limits limits = small_limits();
  const Ended full = run_in(guard, sandbox, compile, limits);
  CAPTURE(full.explain(), full.err);
  CHECK_FALSE(full.ok());
  CHECK(contains(fault_of_machine_in_tool(full, limits), "No space left on device"));
  compile.argv = {"g++", "-c", "-pipe", "-o", "bomb.o", "bomb.cpp"};
  limits.memory_bytes = std::uint64_t{160} << 20;
  const Ended small = run_in(guard, sandbox, compile, limits);
  CAPTURE(small.explain(), small.err, small.peak_bytes);
  CHECK_FALSE(small.ok());
  CHECK(fault_of_machine_in_tool(small, limits).empty());
}
