#include "attn/grading/process/keeper.hpp"

#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <ctime>

#include "attn/grading/process/become.hpp"

namespace attn::grading {
namespace {

void tell(const Task& task, Report::Kind kind, int value, double seconds = 0,
          std::uint64_t bytes = 0) {
  Report report{};
  report.kind = kind;
  report.value = value;
  report.seconds = seconds;
  report.bytes = bytes;
  while (::write(task.report, &report, sizeof report) < 0 && errno == EINTR) {
  }
}

double now() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

/// Waits for those that have ended. Returns false if there is no child at all.
bool reap(pid_t program, int& status, bool& ended) {
  for (;;) {
    int how = 0;
    const pid_t pid = ::waitpid(-1, &how, WNOHANG | __WALL);
    if (pid == program) {
      status = how;
      ended = true;
    }
    if (pid == 0) return true;
    if (pid < 0 && errno != EINTR) return errno != ECHILD;
  }
}

void signal_all(const FamilyTree& family, int signal) {
  for (std::size_t i = 0; i < family.size; ++i) {
    if (family.entries[i].found) ::kill(family.entries[i].pid, signal);
  }
}

/// Ends all that came of the program. First they are stopped, until no new one appears: what is
/// stopped starts nothing more, so that a program which forks without end cannot outrun us.
void sweep(Task& task, pid_t program, bool ended) {
  int status = 0;
  const double patience = now() + 10;
  while (reap(program, status, ended) && now() < patience) {
    if (!ended) ::kill(program, SIGSTOP);
    std::size_t stopped = 0;
    for (int round = 0; round < 100; ++round) {
      const std::size_t count = find_descendants(::getpid(), task.family).count;
      if (round > 0 && count <= stopped) break;
      stopped = count;
      signal_all(task.family, SIGSTOP);
    }
    signal_all(task.family, SIGKILL);
    if (!ended) ::kill(program, SIGKILL);
    ::poll(nullptr, 0, 1);
  }
}

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

/// Of the processor, by those that have ended and were waited for.
double used_by_the_ended(rusage& used) {
  ::getrusage(RUSAGE_CHILDREN, &used);
  return seconds_of(used.ru_utime) + seconds_of(used.ru_stime);
}

/// Reads how long those that were found have waited for a processor, and tells it.
class Patience {
 public:
  /// `passed`: seconds since the program began.
  void look(const Task& task, double passed) {
    const double now = waited_for_processor(task.family);
    // Who ended takes his part with him. A wait is counted when it is over, all of it at once, so
    // that only the whole can be held against the time; those who wait side by side wait no longer.
    waited_ = std::min(waited_ + std::max(0.0, now - before_), passed);
    before_ = now;
    if (waited_ < told_ + 0.05) return;
    told_ = waited_;
    tell(task, Report::Kind::waited, 0, waited_);
  }

 private:
  double waited_ = 0, before_ = 0, told_ = 0;
};

/// False if all is to end.
bool obey(Task& task) {
  char what = 0;
  if (::read(task.command, &what, 1) != 1) return false;
  find_descendants(::getpid(), task.family);
  signal_all(task.family, SIGTERM);
  signal_all(task.family, SIGCONT);
  return true;
}

/// Only `task.report`, `task.command` and `signals` are needed from now on.
void close_what_is_the_programs(const Task& task) {
  const int kept[] = {std::min(task.report, task.command), std::max(task.report, task.command)};
  close_all_but(kept, 2);
}

}  // namespace

void keep(Task& task) {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  ::prctl(PR_SET_NAME, "attn-keeper", 0, 0, 0);
  ::setsid();
  ::signal(SIGCHLD, SIG_DFL);  // were it ignored, nobody would learn how the program ended
  const pid_t program = ::fork();
  if (program == 0) become(task);
  const int fork_error = errno;
  close_what_is_the_programs(task);
  if (program < 0) {
    tell(task, Report::Kind::not_started, fork_error);
    ::_exit(1);
  }
  // The kernel does not count root's processes. If we are root, we at least run before all of them,
  // so that a program which forks without end cannot keep the processor from us.
  sched_param first{};
  first.sched_priority = 1;
  if (::sched_setscheduler(0, SCHED_FIFO, &first) != 0) ::setpriority(PRIO_PROCESS, 0, -20);

  sigset_t child_ended;
  sigemptyset(&child_ended);
  sigaddset(&child_ended, SIGCHLD);
  const int signals = ::signalfd(-1, &child_ended, SFD_CLOEXEC | SFD_NONBLOCK);
  pollfd watched[] = {{task.command, POLLIN, 0}, {signals, POLLIN, 0}};
  int status = 0;
  bool ended = false;
  Patience patience;
  const double began = now();
  for (double look = began;;) {
    reap(program, status, ended);
    if (ended) {
      tell(task, Report::Kind::ended, status);
      break;
    }
    const double start = now();
    if (start >= look) {
      const Family family = find_descendants(::getpid(), task.family);
      if (family.count > task.most_processes) {
        tell(task, Report::Kind::too_many_processes, 0);
        break;
      }
      if (task.most_pages > 0 && static_cast<std::uint64_t>(family.pages) > task.most_pages) {
        tell(task, Report::Kind::too_much_memory, 0);
        break;
      }
      rusage gone{};
      const double used = used_by_the_ended(gone) * task.ticks_per_second;
      if (static_cast<double>(family.ticks) + used > static_cast<double>(task.most_ticks)) {
        tell(task, Report::Kind::too_much_processor, 0);
        break;
      }
      patience.look(task, start - began);
      // Looking may take a twentieth of the time, not more.
      look = now() + std::max(0.02, 20 * (now() - start));
    }
    const int pause = std::max(1, static_cast<int>(1e3 * (look - now())) + 1);
    if (::poll(watched, 2, pause) > 0) {
      if (watched[0].revents != 0 && !obey(task)) break;
      signalfd_siginfo drained;
      while (::read(signals, &drained, sizeof drained) > 0) {
      }
    }
  }
  sweep(task, program, ended);
  rusage used{};
  const double seconds = used_by_the_ended(used);
  tell(task, Report::Kind::used, 0, seconds, static_cast<std::uint64_t>(used.ru_maxrss) << 10);
  ::_exit(0);
}

}  // namespace attn::grading
