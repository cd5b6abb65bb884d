/// Time: the processor's decides, whatever else the machine does, and who sleeps is told.
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <csignal>

#include "tests/grading/process/guards.hpp"

using namespace attn::grading;
using namespace attn::test;
using How = Ended::How;

namespace {

/// Keeps every processor busy, twice over, while it lives.
class Load {
 public:
  Load() {
    const long count = 2 * ::sysconf(_SC_NPROCESSORS_ONLN);
    for (long n = 0; n < count; ++n) {
      const pid_t pid = ::fork();
      if (pid == 0) {
        ::alarm(60);
        for (;;) static_cast<void>(::getppid());
      }
      pids_.push_back(pid);
    }
  }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;
  ~Load() {
    for (const pid_t pid : pids_) {
      ::kill(pid, SIGKILL);
      ::waitpid(pid, nullptr, 0);
    }
  }

 private:
  std::vector<pid_t> pids_;
};

Limits a_second() {
  Limits limits = small_limits();
  limits.wall_seconds = 1.5;
  limits.cpu_seconds = 1;
  return limits;
}

}  // namespace

TEST_CASE("time: what is done in its processor time is done on a busy machine too", "[grading]") {
  const Guard guard = each_guard();
  hostile_program();
  const Load load;
  const Ended worked = try_it(guard, {"work", "800"}, with_program(), a_second());
  CAPTURE(worked.explain(), worked.seconds, worked.cpu_seconds);
  CHECK(worked.out == "worked\n");
  if (worked.seconds <= a_second().wall_seconds) WARN("the machine was too idle to prove it");
}

TEST_CASE("time: what does not end hears it from the processor's clock on a busy machine too",
          "[grading]") {
  const Guard guard = each_guard();
  hostile_program();
  const Load load;
  const Ended told = try_it(guard, {"told", "loop"}, with_program(), a_second());
  CAPTURE(told.explain(), told.seconds, told.cpu_seconds);
  CHECK(told.out == "told by " + std::to_string(SIGXCPU) + "\n");
  CHECK(told.status == 5);
}

TEST_CASE("time: who sleeps is told before he is ended", "[grading]") {
  const Guard guard = each_guard();
  Limits limits = small_limits();
  limits.wall_seconds = 0.3;
  for (const bool processes : {false, true}) {
    const Ended told =
        try_it(guard, {"told", "sleep"}, processes ? with_processes() : with_program(), limits);
    CAPTURE(processes, told.seconds);
    CHECK(told.out == "told by " + std::to_string(SIGTERM) + "\n");
    CHECK(told.how == How::out_of_time);
    CHECK(told.explain() == "ran longer than 0.3 seconds and was stopped");
    CHECK(told.seconds < 5);
  }
}

TEST_CASE("time: many processes use no more of the processor than two may", "[grading]") {
  const Guard guard = each_guard();
  Limits limits = small_limits();
  limits.cpu_seconds = 1;
  const Ended ended = try_it(guard, {"share"}, with_processes(), limits);
  CHECK(ended.how == How::out_of_time);
  CHECK(ended.explain() ==
        "used more than 2 s of the processor in its processes together and was stopped");
}

TEST_CASE("time: memory and processor time that were used are told", "[grading]") {
  const Guard guard = each_guard();
  const Ended ended = try_it(guard, {"work", "200"});
  CHECK(ended.cpu_seconds > 0.15);
  CHECK(ended.cpu_seconds < 5);
  const Ended memory = try_it(guard, {"memory"});
  CHECK(memory.peak_bytes > std::uint64_t{200} << 20);
}
