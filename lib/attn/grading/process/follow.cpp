#include "attn/grading/process/follow.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstring>

namespace attn::grading {
namespace {

using Clock = std::chrono::steady_clock;

/// For a program that was told that its time is over.
constexpr double grace = 0.3;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// One output of the program, of which a part is kept.
struct Capture {
  Descriptor from;
  std::string& text;
  std::uint64_t most;
  std::uint64_t total = 0;

  /// Takes what is there. False at the end.
  bool take() {
    char buffer[65536];
    for (int i = 0; i < 16; ++i) {
      const ssize_t got = ::read(from.get(), buffer, sizeof buffer);
      if (got < 0) return errno == EAGAIN || errno == EINTR;
      if (got == 0) return false;
      const auto size = static_cast<std::uint64_t>(got);
      total += size;
      const std::uint64_t room = most - std::min<std::uint64_t>(most, text.size());
      text.append(buffer, static_cast<std::size_t>(std::min(room, size)));
    }
    return true;
  }
  void read() {
    if (from.valid() && !take()) from.close();
  }
};

/// A run in progress, seen from our side.
class Run {
 public:
  Run(const Launch& launch, pid_t keeper, Descriptor out, Descriptor err, Descriptor report,
      Descriptor command, Ended& ended)
      : launch_(launch),
        keeper_(keeper),
        ended_(ended),
        out_{std::move(out), ended.out, launch.limits.output_bytes},
        err_{std::move(err), ended.err, launch.limits.error_bytes},
        report_(std::move(report)),
        command_(std::move(command)) {
    for (const int descriptor : {out_.from.get(), err_.from.get(), report_.get()}) {
      ::fcntl(descriptor, F_SETFL, O_NONBLOCK);
    }
  }

  void follow() {
    double next_look = 0.1;
    while (report_.valid()) {
      const double left = time_left();
      if (!over_ && left <= 0) tell_that_time_is_over();
      if (told_ && seconds_since(start_) > ended_.seconds + grace) command_.close();
      // It needs milliseconds; unless somebody stopped it, which only run() leaves possible.
      if (over_ && seconds_since(start_) > ended_.seconds + 15) ::kill(keeper_, SIGKILL);
      const double wait = over_ ? grace : std::min(left, next_look - seconds_since(start_));
      pollfd watched[] = {
          {out_.from.get(), POLLIN, 0}, {err_.from.get(), POLLIN, 0}, {report_.get(), POLLIN, 0}};
      ::poll(watched, 3, std::max(1, static_cast<int>(std::ceil(1e3 * wait))));
      out_.read();
      err_.read();
      read_reports();
      check_outputs();
      if (!over_ && launch_.watch && seconds_since(start_) >= next_look) {
        const std::string reason = launch_.watch();
        if (!reason.empty()) stop(Ended::How::too_much_output, reason);
      }
      if (seconds_since(start_) >= next_look) next_look = seconds_since(start_) + 0.2;
    }
    // All who wrote are gone; what they wrote last may be in the pipes still.
    for (Capture* capture : {&out_, &err_}) {
      while (capture->total <= launch_.limits.output_bytes && ready(capture->from)) capture->read();
    }
    check_outputs();
    ended_.err_dropped = err_.total - ended_.err.size();
    if (ended_.seconds == 0) ended_.seconds = seconds_since(start_);
  }

  bool heard() const { return heard_; }

 private:
  static bool ready(const Descriptor& from) {
    pollfd watched{from.get(), POLLIN, 0};
    return from.valid() && ::poll(&watched, 1, 0) > 0;
  }

  /// By a clock that stands still while the program waits for a processor, but not for ever.
  double time_left() const {
    constexpr double most = 10;
    const double wall = launch_.limits.wall_seconds;
    return wall - seconds_since(start_) + std::min(waited_, (most - 1) * wall);
  }

  void tell_that_time_is_over() {
    finish(Ended::How::out_of_time, 0,
           fmt::format("ran longer than {:g} seconds", launch_.limits.wall_seconds));
    const int listens = launch_.tell >= 0 ? launch_.tell : command_.get();
    told_ = ::write(listens, "t", 1) == 1;
    if (!told_) command_.close();
  }

  void stop(Ended::How how, const std::string& reason) {
    if (!over_) finish(how, 0, reason);
    // Whatever ended it first is the reason; that it wrote too much may be found out later.
    command_.close();
  }

  void finish(Ended::How how, int status, const std::string& reason) {
    over_ = heard_ = true;
    ended_.how = how;
    ended_.status = status;
    ended_.reason = reason;
    ended_.seconds = seconds_since(start_);
  }

  void check_outputs() {
    const std::uint64_t most = launch_.limits.output_bytes;
    if (std::max(out_.total, err_.total) <= most) return;
    if (over_ && ended_.how != Ended::How::exited) return;
    over_ = false;
    stop(Ended::How::too_much_output, fmt::format("wrote more than {} bytes to its standard {}",
                                                  most, out_.total > most ? "output" : "error"));
  }

  void read_reports() {
    Report report{};
    for (;;) {
      const ssize_t got = ::read(report_.get(), &report, sizeof report);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return;
      if (got != sizeof report) return report_.close();
      understand(report);
    }
  }

  void understand(const Report& report) {
    if (report.kind == Report::Kind::waited) waited_ = report.seconds;
    if (report.kind == Report::Kind::used) {
      ended_.cpu_seconds = report.seconds;
      ended_.peak_bytes = report.bytes;
    }
    if (over_) return;
    if (report.kind == Report::Kind::not_started) {
      if (std::string_view(report.step) == step_of_program) ended_.not_executed = report.value;
      finish(Ended::How::not_started, 0,
             fmt::format("{}: {}", report.step[0] == '\0' ? "a process" : report.step,
                         std::strerror(report.value)));
    } else if (report.kind == Report::Kind::too_many_processes) {
      finish(Ended::How::too_many_processes, 0,
             fmt::format("started more than {} processes", launch_.limits.processes));
    } else if (report.kind == Report::Kind::too_much_memory) {
      finish(
          Ended::How::killed_by_signal, SIGKILL,
          fmt::format("used more than {} bytes of memory in its processes together and was stopped",
                      2 * launch_.limits.memory_bytes));
    } else if (report.kind == Report::Kind::too_much_processor) {
      finish(Ended::How::out_of_time, 0,
             fmt::format("used more than {:g} s of the processor in its processes together",
                         2 * launch_.limits.cpu_seconds));
    } else if (report.kind == Report::Kind::ended) {
      finish(Ended::How::exited, 0, "");
      set_status(ended_, report.value);
    }
  }

  const Launch& launch_;
  pid_t keeper_;
  Ended& ended_;
  Capture out_, err_;
  Descriptor report_, command_;
  Clock::time_point start_ = Clock::now();
  bool over_ = false, heard_ = false, told_ = false;
  double waited_ = 0;  ///< seconds, for a processor
};

}  // namespace

bool follow(const Launch& launch, pid_t keeper, Descriptor out, Descriptor err, Descriptor report,
            Descriptor command, Ended& ended) {
  Run run(launch, keeper, std::move(out), std::move(err), std::move(report), std::move(command),
          ended);
  run.follow();
  return run.heard();
}

}  // namespace attn::grading
