/// Programs that mean harm, under every guard that works here.
#include "attn/grading/process/sandbox.hpp"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <thread>

#include "attn/grading/process/closed.hpp"
#include "tests/grading/process/guards.hpp"
#include "tests/support/program.hpp"

using namespace attn::grading;
using namespace attn::test;
using How = Ended::How;

namespace {

const std::string refused = "Operation not permitted";

Sandbox with_folder(const Folder& folder) {
  Sandbox sandbox = with_program();
  sandbox.writable = {{folder.path(), folder.path()}};
  return sandbox;
}

Limits short_time() {
  Limits limits = small_limits();
  limits.wall_seconds = 0.25;
  return limits;
}

/// A process that somebody could kill.
class Victim {
 public:
  Victim() : pid_(::fork()) {
    if (pid_ == 0) {
      for (;;) ::pause();
    }
  }
  Victim(const Victim&) = delete;
  Victim& operator=(const Victim&) = delete;
  ~Victim() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  bool alive() const { return ::waitpid(pid_, nullptr, WNOHANG) == 0; }
  std::string pid() const { return std::to_string(pid_); }

 private:
  pid_t pid_;
};

}  // namespace

TEST_CASE("sandbox: exit statuses, signals and outputs come back unchanged", "[grading]") {
  const Guard guard = each_guard();
  const Ended both = try_it(guard, {"both"});
  INFO(both.explain());
  CHECK(both.ok());
  CHECK(both.out == "to out");
  CHECK(both.err == "to err");
  CHECK(try_it(guard, {"exit", "7"}).status == 7);
  CHECK(try_it(guard, {"bytes"}).out == std::string("a\0b\033[31m\xff\r\n\0tail", 16));
  const Ended crashed = try_it(guard, {"crash"});
  CHECK(crashed.how == How::killed_by_signal);
  CHECK(crashed.status == SIGSEGV);
  CHECK(try_it(guard, {"abort"}).status == SIGABRT);
  CHECK(try_it(guard, {"signal", "15"}).status == SIGTERM);
  CHECK(try_it(guard, {"files"}).out == "0\n1\n2\n");
  CHECK(try_it(guard, {"input"}).out == "0\n");
}

TEST_CASE("sandbox: what cannot be started says why", "[grading]") {
  const Guard guard = each_guard();
  Command command = hostile({});
  command.argv = {"attn-is-not-called-so"};
  const Ended ended = run_in(guard, with_program(), command, small_limits());
  CHECK(ended.how == How::not_started);
  INFO(ended.explain());
  CHECK(contains(ended.explain(), "attn-is-not-called-so"));
  Sandbox sandbox = with_program();
  sandbox.read_only.push_back({"/nowhere", "/nowhere"});
  CHECK(try_it(guard, {"exit", "0"}, sandbox).explain() ==
        "there is no '/nowhere' to give to the program");
  command.argv = {};
  CHECK(run_in(guard, with_program(), command, small_limits()).how == How::not_started);
}

TEST_CASE("sandbox: time, memory and output are limited", "[grading]") {
  const Guard guard = each_guard();
  for (const char* what : {"sleep", "stubborn", "stop", "close"}) {
    CAPTURE(what);
    CHECK(try_it(guard, {what}, with_program(), short_time()).how == How::out_of_time);
  }
  Limits limits = small_limits();
  limits.cpu_seconds = 1;
  CHECK(try_it(guard, {"loop"}, with_program(), limits).how == How::out_of_time);
  CHECK(try_it(guard, {"flood", "1"}).how == How::too_much_output);
  CHECK(try_it(guard, {"flood", "2"}).how == How::too_much_output);
  limits.memory_bytes = std::uint64_t{128} << 20;
  const Ended memory = try_it(guard, {"memory"}, with_program(), limits);
  REQUIRE(memory.ok());
  CHECK(std::stoi(memory.out) <= 128);
}

TEST_CASE("sandbox: processes and threads start only where they are allowed", "[grading]") {
  const Guard guard = each_guard();
  CHECK(try_it(guard, {"fork"}).out == "fork: " + refused + "\n");
  CHECK(try_it(guard, {"thread"}).out == "thread: " + refused + "\n");
  CHECK(try_it(guard, {"fork"}, with_processes()).out == "fork: done\n");
  CHECK(try_it(guard, {"thread"}, with_processes()).out == "thread: done\n");
}

TEST_CASE("sandbox: a fork bomb is held and ended", "[grading]") {
  const Guard guard = each_guard();
  const std::string word = attn::test::unique_word();
  const Ended alone = try_it(guard, {"spread", word}, with_program(), short_time());
  CHECK(alone.how == How::out_of_time);
  const Ended sleepers = try_it(guard, {"sleepers", "200", word}, with_processes(), short_time());
  INFO(sleepers.explain());
  CHECK((sleepers.how == How::too_many_processes || sleepers.how == How::out_of_time));
  // Where only we ourselves count, what grows fastest would load the machine for a moment.
  if (::geteuid() == 0) {
    REQUIRE(contains(what_holds(guard), "a user of its own"));
    const Ended bomb = try_it(guard, {"spread", word}, with_processes(), short_time());
    INFO(bomb.explain());
    CHECK((bomb.how == How::too_many_processes || bomb.how == How::out_of_time));
  }
  CHECK(attn::test::processes_named(word) == 0);
}

TEST_CASE("sandbox: a process that leaves its session and its parent is gone afterwards",
          "[grading]") {
  const Guard guard = each_guard();
  const std::string word = attn::test::unique_word();
  const Ended ended = try_it(guard, {"outlive", word}, with_processes());
  CHECK(ended.ok());
  CHECK(ended.out == "the parent is done\n");
  CHECK(attn::test::processes_named(word) == 0);
}

TEST_CASE("sandbox: when the grader is killed, nothing that it started goes on", "[grading]") {
  const Guard guard = each_guard();
  const std::string word = unique_word();
  hostile_program();
  const pid_t grader = ::fork();
  if (grader == 0) {
    try_it(guard, {"sleepers", "5", word}, with_processes());
    ::_exit(0);
  }
  for (int n = 0; n < 400 && processes_named(word) < 6; ++n) ::usleep(10000);
  CHECK(processes_named(word) >= 6);
  ::kill(grader, SIGKILL);
  ::waitpid(grader, nullptr, 0);
  for (int n = 0; n < 400 && processes_named(word) > 0; ++n) ::usleep(10000);
  CHECK(processes_named(word) == 0);
}

TEST_CASE("sandbox: no other process can be signalled", "[grading]") {
  const Guard guard = each_guard();
  const bool processes = GENERATE(false, true);
  CAPTURE(processes);
  const Sandbox sandbox = processes ? with_processes() : with_program();
  const Victim victim;
  const Ended one = try_it(guard, {"kill", victim.pid()}, sandbox);
  CAPTURE(one.out, one.explain());
  REQUIRE(victim.alive());
  REQUIRE(one.ok());
  REQUIRE_FALSE(contains(one.out, "kill: done"));
  REQUIRE_FALSE(contains(one.out, "kill 0: done"));
  const Ended parent = try_it(guard, {"kill-parent"}, sandbox);
  CHECK((parent.ok() || parent.status == SIGKILL));
  CHECK(victim.alive());
  // Only now, and only where that has just been refused: all at once.
  const Ended all = try_it(guard, {"kill-everybody"}, sandbox);
  CHECK(all.how != How::not_started);
  CHECK(victim.alive());
}

TEST_CASE("sandbox: nothing of the caller's environment is seen", "[grading]") {
  const Guard guard = each_guard();
  ::setenv("ATTN_TEST_SECRET", "hunter2", 1);
  const Victim victim;  // has it in its memory, not in its /proc/PID/environ
  const std::string environment = try_it(guard, {"environment"}).out;
  CHECK(contains(environment, "PATH=/usr/bin:/bin\n"));
  CHECK_FALSE(contains(environment, "SECRET"));
  if (hides_files(guard) || ::geteuid() == 0) {
    const std::string ours = "/proc/" + std::to_string(::getpid()) + "/environ";
    CHECK_FALSE(contains(try_it(guard, {"read", ours}).out, "done"));
    CHECK_FALSE(contains(try_it(guard, {"read", "/proc/" + victim.pid() + "/mem"}).out, "done"));
  }
  ::unsetenv("ATTN_TEST_SECRET");
}

TEST_CASE("sandbox: files outside of what was given are neither read nor written", "[grading]") {
  const Guard guard = each_guard();
  const Folder outside;
  std::filesystem::permissions(outside.path(), std::filesystem::perms{0777});
  const std::string open_secret = outside.file("open", "hunter2");
  const std::string closed_secret = outside.file("closed", "hunter2");
  ::chmod(open_secret.c_str(), 0666);
  ::chmod(closed_secret.c_str(), 0600);
  const Folder folder;
  std::filesystem::create_symlink(open_secret, folder.path() / "link");
  std::filesystem::create_symlink(closed_secret, folder.path() / "closed-link");
  if (!hides_files(guard)) SKIP("this kernel has no Landlock");
  for (const std::string& path : {open_secret, closed_secret, folder.path().string() + "/link",
                                  folder.path().string() + "/closed-link",
                                  std::string("/etc/passwd"), std::string("/root/.bashrc")}) {
    CAPTURE(path);
    CHECK_FALSE(contains(try_it(guard, {"read", path}, with_folder(folder)).out, "done"));
  }
  const std::string inner = outside.path().string() + "/new";
  CHECK_FALSE(contains(try_it(guard, {"write", inner}).out, "done"));
  CHECK_FALSE(std::filesystem::exists(inner));
  for (const char* what : {"append", "truncate", "delete", "list"}) {
    CAPTURE(what);
    const std::string path = *what == 'l' ? outside.path().string() : open_secret;
    CHECK_FALSE(contains(try_it(guard, {what, path}).out, "done"));
  }
  CHECK(attn::test::read_file(open_secret) == "hunter2");
  CHECK(attn::test::read_file(closed_secret) == "hunter2");
}

TEST_CASE("sandbox: the mode and the length of what was not given stay as they are", "[grading]") {
  // Landlock does not hold these: whoever runs as we do, and owns what we own, may not ask for
  // them.
  const Guard guard = each_guard();
  const Folder outside;
  const std::string file = outside.file("ours", "1 2 3");
  if (!hides_files(guard) && ::geteuid() != 0) SKIP("this kernel has no Landlock");
  for (const std::string& path : {file, outside.path().string(), hostile_program().string()}) {
    const auto before = std::filesystem::status(path).permissions();
    for (const char* what : {"truncate", "chmod"}) {
      CAPTURE(path, what);
      CHECK_FALSE(contains(try_it(guard, {what, path}).out, "done"));
    }
    CHECK(std::filesystem::status(path).permissions() == before);
  }
  CHECK(attn::test::read_file(file) == "1 2 3");
}

TEST_CASE("sandbox: it reads what it was given to read, and cannot change it", "[grading]") {
  const Guard guard = each_guard();
  const Folder folder;  // open to its owner alone
  const std::string file = folder.file("input", "1 2 3");
  ::chmod(file.c_str(), 0600);
  Sandbox sandbox = with_program();
  sandbox.read_only.push_back({folder.path(), folder.path()});
  CHECK(try_it(guard, {"read", file}, sandbox).out == "read: done\n1 2 3");
  for (const char* what : {"append", "truncate", "delete", "chmod"}) {
    CAPTURE(what);
    if (!hides_files(guard) && ::geteuid() != 0) continue;
    CHECK_FALSE(contains(try_it(guard, {what, file}, sandbox).out, "done"));
  }
  CHECK(attn::test::read_file(file) == "1 2 3");
  const std::string program = attn::test::hostile_program();
  if (hides_files(guard) || ::geteuid() == 0) {
    CHECK_FALSE(contains(try_it(guard, {"delete", program}).out, "done"));
  }
  CHECK(std::filesystem::exists(program));
  struct stat what {};
  REQUIRE(::stat(file.c_str(), &what) == 0);
  CHECK((what.st_mode & 07U) == 0);  // to others it is as closed as before
}

TEST_CASE("sandbox: what it writes to its folder is there afterwards, and ours", "[grading]") {
  const Guard guard = each_guard();
  const Folder folder;
  Command command = hostile({"write", "result"});
  command.folder = folder.path();
  const Ended ended = run_in(guard, with_folder(folder), command, small_limits());
  CHECK(ended.out == "write: done\n");
  struct stat what {};
  REQUIRE(::stat((folder.path() / "result").c_str(), &what) == 0);
  CHECK(what.st_uid == ::geteuid());
  CHECK(contains(
      try_it(guard, {"read", (folder.path() / "result").string()}, with_folder(folder)).out,
      "read: done"));
}

TEST_CASE("sandbox: who fills the disk is stopped", "[grading]") {
  const Guard guard = each_guard();
  const Folder folder;
  const Ended ended = try_it(guard, {"fill", folder.path()}, with_folder(folder));
  INFO(ended.explain());
  CHECK(ended.how == How::too_much_output);
  CHECK(contains(ended.explain(), "and was stopped"));
  Sandbox sandbox = with_program();
  sandbox.scratch = true;
  if (guard == Guard::bubblewrap) {
    const Ended small = try_it(guard, {"fill", "/tmp"}, sandbox);
    REQUIRE(small.ok());
    CHECK(std::stoi(small.out.substr(7)) <= 16);
    CHECK(contains(try_it(guard, {"fill", "/dev"}, sandbox).out, "filled 0 MiB"));
    CHECK(contains(try_it(guard, {"fill", "/"}, sandbox).out, "filled 0 MiB"));
  }
}

TEST_CASE("sandbox: there is no network", "[grading]") {
  const Guard guard = each_guard();
  const std::string network = try_it(guard, {"network"}).out;
  CHECK(network == "socket: " + refused + "\nlocal socket: " + refused +
                       "\nnetlink socket: " + refused + "\n");
}

TEST_CASE("sandbox: a compiler works in it, and so does what it made", "[grading]") {
  const Guard guard = each_guard();
  const Folder folder;
  folder.file("program.c", "#include <stdio.h>\nint main(void) { puts(\"hello\"); }\n");
  Sandbox sandbox;
  sandbox.writable = {{folder.path(), folder.path()}};
  sandbox.processes = sandbox.scratch = true;
  Command compile;
  compile.argv = {"cc", "-o", "program", "program.c"};
  compile.folder = folder.path();
  compile.environment = {{"PATH", "/usr/bin:/bin"}};
  Limits limits = small_limits();
  limits.memory_bytes = std::uint64_t{1} << 30;
  const Ended compiled = run_in(guard, sandbox, compile, limits);
  CAPTURE(compiled.explain(), compiled.err);
  REQUIRE(compiled.ok());
  Command start = compile;
  start.argv = {"./program"};
  sandbox.processes = sandbox.scratch = false;
  std::swap(sandbox.read_only, sandbox.writable);
  const Ended ran = run_in(guard, sandbox, start, limits);
  CAPTURE(ran.explain());
  CHECK(ran.out == "hello\n");
}

TEST_CASE("sandbox: many run at once", "[grading]") {
  const Guard guard = each_guard();
  attn::test::hostile_program();
  std::vector<std::thread> threads;
  std::vector<int> right(4, 0);
  for (std::size_t i = 0; i < right.size(); ++i) {
    threads.emplace_back([guard, i, &right] {
      for (int round = 0; round < 4; ++round) {
        const int status = static_cast<int>(10 * i) + round;
        const Ended ended = try_it(guard, {"exit", std::to_string(status)});
        if (ended.how == How::exited && ended.status == status) ++right[i];
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(right == std::vector<int>(4, 4));
}

TEST_CASE("sandbox: what holds is said", "[grading]") {
  const Guard guard = each_guard();
  CHECK(contains(what_holds(guard), "nothing that the program starts outlives it"));
}
