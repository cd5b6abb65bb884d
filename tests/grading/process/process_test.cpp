/// Running programs with limits. The programs here are no danger to their caller; those are in
/// sandbox_test.cpp.
#include "attn/grading/process/process.hpp"

#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <fstream>
#include <thread>

#include "tests/support/hostile.hpp"
#include "tests/support/program.hpp"

using namespace attn::grading;
using attn::test::hostile;
using attn::test::small_limits;
using How = Ended::How;

namespace {

Ended run_hostile(const std::vector<std::string>& arguments,
                  const Limits& limits = small_limits()) {
  return run(hostile(arguments), limits);
}

}  // namespace

TEST_CASE("process: exit status and both outputs come back", "[grading]") {
  const Ended fine = run_hostile({"both"});
  CHECK(fine.ok());
  CHECK(fine.out == "to out");
  CHECK(fine.err == "to err");
  CHECK(fine.err_dropped == 0);
  CHECK(fine.seconds > 0);
  const Ended failed = run_hostile({"exit", "7"});
  CHECK_FALSE(failed.ok());
  CHECK(failed.how == How::exited);
  CHECK(failed.status == 7);
  CHECK(failed.explain() == "ended with exit status 7");
}

TEST_CASE("process: NUL bytes, escapes and a missing last newline are delivered unchanged",
          "[grading]") {
  CHECK(run_hostile({"bytes"}).out == std::string("a\0b\033[31m\xff\r\n\0tail", 16));
}

TEST_CASE("process: a signal is told from an exit status", "[grading]") {
  const Ended crashed = run_hostile({"crash"});
  CHECK(crashed.how == How::killed_by_signal);
  CHECK(crashed.status == SIGSEGV);
  CHECK(crashed.explain() ==
        "was ended by signal 11 (SIGSEGV, it used memory that is not its own)");
  CHECK(run_hostile({"abort"}).status == SIGABRT);
  CHECK(run_hostile({"exit", "139"}).how == How::exited);
}

TEST_CASE("process: who sleeps for ever is stopped by the clock, whatever it ignores",
          "[grading]") {
  Limits limits = small_limits();
  limits.wall_seconds = 0.3;
  for (const char* what : {"sleep", "stubborn", "stop", "close"}) {
    CAPTURE(what);
    const Ended ended = run_hostile({what}, limits);
    CHECK(ended.how == How::out_of_time);
    CHECK(ended.explain() == "ran longer than 0.3 seconds and was stopped");
    CHECK(ended.seconds < 10);
  }
}

TEST_CASE("process: an endless loop is stopped by the processor's clock", "[grading]") {
  Limits limits = small_limits();
  limits.cpu_seconds = 1;
  const Ended ended = run_hostile({"loop"}, limits);
  CHECK(ended.how == How::out_of_time);
  CHECK(ended.explain() == "used more than 1 s of the processor and was stopped");
}

TEST_CASE("process: output without end stops the program, and is kept up to the limit",
          "[grading]") {
  const Ended out = run_hostile({"flood", "1"});
  CHECK(out.how == How::too_much_output);
  CHECK(out.out.size() == small_limits().output_bytes);
  CHECK(out.explain() == "wrote more than 1048576 bytes to its standard output and was stopped");
  const Ended err = run_hostile({"flood", "2"});
  CHECK(err.how == How::too_much_output);
  CHECK(err.err.size() == small_limits().error_bytes);
  CHECK(err.err_dropped > small_limits().output_bytes - small_limits().error_bytes);
}

TEST_CASE("process: memory, files and core dumps are limited", "[grading]") {
  const Ended memory = run_hostile({"memory"});
  CHECK(memory.ok());
  CHECK(std::stoi(memory.out) <= 512);
  const attn::test::Folder folder;
  Limits limits = small_limits();
  const Ended big = run({.argv = {"sh", "-c", "head -c 9000000 /dev/zero > big"},
                         .folder = folder.path(),
                         .environment = {{"PATH", "/usr/bin:/bin"}}},
                        limits);
  CHECK_FALSE(big.ok());
  CHECK(std::filesystem::file_size(folder.path() / "big") <= limits.file_bytes);
}

TEST_CASE("process: what a program starts and leaves behind is gone when it has ended",
          "[grading]") {
  const std::string word = attn::test::unique_word();
  const Ended ended = run_hostile({"outlive", word});
  CHECK(ended.ok());
  CHECK(ended.out == "the parent is done\n");  // although the orphan holds the pipe open
  CHECK(attn::test::processes_named(word) == 0);
  CHECK(ended.seconds < 10);
}

TEST_CASE("process: too many processes are found and ended", "[grading]") {
  const std::string word = attn::test::unique_word();
  const Ended ended = run_hostile({"sleepers", "300", word});
  CHECK(ended.how == How::too_many_processes);
  CHECK(ended.explain() == "started more than 16 processes and was stopped");
  CHECK(attn::test::processes_named(word) == 0);
}

TEST_CASE("process: many processes may not use much memory together", "[grading]") {
  Limits limits = small_limits();
  limits.memory_bytes = std::uint64_t{150} << 20;
  const Ended ended = run_hostile({"crowd"}, limits);
  CHECK(ended.how == How::killed_by_signal);
  CHECK(ended.explain() ==
        "used more than 314572800 bytes of memory in its processes together and was stopped");
}

TEST_CASE("process: a program that kills its watcher ends with it", "[grading]") {
  const Ended ended = run_hostile({"kill-parent"});
  CHECK(ended.how == How::killed_by_signal);
  CHECK(ended.explain() == "ended the process that watched over it");
}

TEST_CASE("process: nothing of the caller is inherited", "[grading]") {
  ::setenv("ATTN_TEST_SECRET", "hunter2", 1);
  const attn::test::Folder folder;
  std::ofstream file(folder.file("secret", "hunter2"));  // open while the program runs
  const int open_in_children = ::dup(0);
  CHECK(run_hostile({"environment"}).out == "PATH=/usr/bin:/bin\n");
  CHECK(run_hostile({"files"}).out == "0\n1\n2\n");
  CHECK(run_hostile({"input"}).out == "0\n");
  CHECK(run_hostile({"session"}).out == "1\n");
  ::close(open_in_children);
  ::unsetenv("ATTN_TEST_SECRET");
}

TEST_CASE("process: it runs in the folder that was named", "[grading]") {
  const attn::test::Folder folder;
  Command command = hostile({"where"});
  command.folder = folder.path();
  CHECK(run(command, small_limits()).out ==
        std::filesystem::canonical(folder.path()).string() + "\n");
}

TEST_CASE("process: what cannot be started says why", "[grading]") {
  const auto explain = [](const Command& command) {
    const Ended ended = run(command, small_limits());
    CHECK(ended.how == How::not_started);
    CHECK_FALSE(ended.ok());
    return ended.explain();
  };
  CHECK(explain({}) == "no program was named");
  CHECK(explain({.argv = {"attn-is-not-called-so"}, .folder = "", .environment = {}}) ==
        "there is no program 'attn-is-not-called-so'");
  CHECK(explain({.argv = {"/nowhere/program"}, .folder = "", .environment = {}}) ==
        "'/nowhere/program' could not be started: the program: No such file or directory");
  CHECK(explain({.argv = {"true"}, .folder = "/nowhere", .environment = {}}) ==
        "'true' could not be started: its folder: No such file or directory");
  CHECK(explain({.argv = {std::string("a\0b", 3)}, .folder = "", .environment = {}}) ==
        "an argument has a NUL byte");
}

TEST_CASE("process: many run at once from several threads", "[grading]") {
  std::vector<std::thread> threads;
  std::vector<int> right(8, 0);
  attn::test::hostile_program();
  for (std::size_t i = 0; i < right.size(); ++i) {
    threads.emplace_back([i, &right] {
      for (int round = 0; round < 5; ++round) {
        const int status = static_cast<int>(10 * i) + round;
        const Ended ended = run_hostile({"exit", std::to_string(status)});
        if (ended.how == How::exited && ended.status == status) ++right[i];
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(right == std::vector<int>(8, 5));
}
