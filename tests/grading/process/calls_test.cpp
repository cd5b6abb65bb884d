/// What the filter of calls closes and what it leaves open, under every guard that works here.
#include "attn/grading/process/seccomp.hpp"

#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <sstream>

#include "tests/grading/process/guards.hpp"
#include "tests/support/program.hpp"

using namespace attn::grading;
using namespace attn::test;

TEST_CASE("calls: what no program of a student needs is refused", "[grading]") {
  const Guard guard = each_guard();
  for (const bool processes : {false, true}) {
    const Ended calls = try_it(guard, {"calls"}, processes ? with_processes() : with_program());
    CAPTURE(processes, calls.explain());
    REQUIRE(calls.ok());
    std::istringstream lines(calls.out);
    int count = 0;
    for (std::string line; std::getline(lines, line); ++count) {
      CAPTURE(line);
      CHECK(line.ends_with(": Operation not permitted"));
    }
    CHECK(count == 31);
  }
}

TEST_CASE("calls: those of another processor are deadly", "[grading]") {
  const Guard guard = each_guard();
  for (const char* door : {"int 0x80", "x32"}) {
    const Ended ended = try_it(guard, {"door", door});
    CAPTURE(door, ended.explain(), ended.out);
    CHECK(ended.how == Ended::How::killed_by_signal);
    CHECK(ended.status == SIGSYS);
  }
}

TEST_CASE("calls: what libraries need is there, and what is too new is unknown", "[grading]") {
  const Guard guard = each_guard();
  CHECK(try_it(guard, {"harmless"}).out ==
        "limit: done\nprocessor: done\nname: done\n"
        "terminal: Inappropriate ioctl for device\n"
        "a call of next year: Function not implemented\n");
}

TEST_CASE("calls: a program without processes cannot end itself by what looks like murder",
          "[grading]") {
  const Guard guard = each_guard();
  const std::string refused = ": Operation not permitted\n";
  CHECK(try_it(guard, {"end-oneself"}).out ==
        "kill" + refused + "tgkill" + refused + "kill" + refused + "tgkill" + refused);
  const Ended ended = try_it(guard, {"end-oneself"}, with_processes());
  CHECK(ended.how == Ended::How::killed_by_signal);
  CHECK(ended.status == SIGKILL);
  CHECK_FALSE(ended.from_outside);
}

TEST_CASE("calls: a program may send itself whatever can be caught", "[grading]") {
  const Guard guard = each_guard();
  // 64 but SIGKILL, SIGSTOP, and 32 and 33, which are the library's.
  CHECK(try_it(guard, {"signal-oneself"}).out == "nothing: done\n60 signals\n");
}

TEST_CASE("calls: g++ with threads, C++ and its library work under the filter", "[grading]") {
  const Guard guard = each_guard();
  const Folder folder;
  folder.file("program.cpp",
              "#include <future>\n#include <iostream>\n#include <filesystem>\n"
              "int main() {\n"
              "  auto four = std::async(std::launch::async, [] { return 4; });\n"
              "  std::filesystem::create_directory(\"new\");\n"
              "  try { throw 3; } catch (int n) { std::cout << n + four.get() << std::endl; }\n"
              "}\n");
  Sandbox sandbox;
  sandbox.writable = {{folder.path(), folder.path()}};
  sandbox.processes = sandbox.scratch = true;
  Command compile;
  compile.argv = {"g++", "-pthread", "-std=c++20", "-o", "program", "program.cpp"};
  compile.folder = folder.path();
  compile.environment = {{"PATH", "/usr/bin:/bin"}};
  Limits limits = small_limits();
  limits.memory_bytes = std::uint64_t{1} << 30;
  const Ended compiled = run_in(guard, sandbox, compile, limits);
  CAPTURE(compiled.explain(), compiled.err);
  REQUIRE(compiled.ok());
  Command start = compile;
  start.argv = {"./program"};
  const Ended ran = run_in(guard, sandbox, start, limits);
  CAPTURE(ran.explain(), ran.err);
  CHECK(ran.out == "7\n");
}

TEST_CASE("calls: Python works under the filter, and NumPy where it is installed", "[grading]") {
  const Guard guard = each_guard();
  Sandbox sandbox;
  sandbox.processes = sandbox.scratch = true;
  Command python;
  python.environment = {{"PATH", "/usr/bin:/bin"}};
  Limits limits = small_limits();
  limits.memory_bytes = std::uint64_t{4} << 30;
  limits.processes = 64;
  const auto says = [&](const std::string& program) {
    python.argv = {"python3", "-c", program};
    const Ended ended = run_in(guard, sandbox, python, limits);
    CAPTURE(ended.explain(), ended.err);
    return ended.ok() ? ended.out : ended.err;
  };
  if (says("print('here')") != "here\n") SKIP("python3 is not installed");
  CHECK(says("import subprocess, threading, asyncio, tempfile, os\n"
             "t = threading.Thread(target=print, args=('thread',)); t.start(); t.join()\n"
             "print(subprocess.run(['echo', 'child'], capture_output=True, text=True).stdout)\n"
             "f = tempfile.NamedTemporaryFile(); f.write(b'x'); f.flush()\n"
             "async def main(): await asyncio.sleep(0.01); return 'loop'\n"
             "print(asyncio.run(main()), os.path.getsize(f.name), os.cpu_count() > 0)\n") ==
        "thread\nchild\n\nloop 1 True\n");
  const std::string numpy = says("import numpy; print(numpy.ones((300, 300)) @ numpy.ones(300))");
  if (!contains(numpy, "No module named")) CHECK(contains(numpy, "[300. 300."));
  const std::string torch = says("import torch; print(torch.ones(3, 300) @ torch.ones(300))");
  if (!contains(torch, "No module named")) CHECK(contains(torch, "tensor([300., 300., 300.])"));
}
