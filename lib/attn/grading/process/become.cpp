#include "attn/grading/process/become.hpp"

#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "attn/grading/process/seccomp.hpp"

namespace attn::grading {
namespace {

[[noreturn]] void fail(const Task& task, const char* step) {
  Report report{};
  report.kind = Report::Kind::not_started;
  report.value = errno;
  std::strncpy(report.step, step, sizeof report.step - 1);
  while (::write(task.report, &report, sizeof report) < 0 && errno == EINTR) {
  }
  ::_exit(127);
}

#ifndef CLOSE_RANGE_CLOEXEC
constexpr unsigned CLOSE_RANGE_CLOEXEC = 1U << 2;
#endif

/// Closes files, or has the program's start close them.
void close_range_of(unsigned first, unsigned last, bool at_start) {
  if (::syscall(SYS_close_range, first, last, at_start ? CLOSE_RANGE_CLOEXEC : 0U) == 0) return;
  rlimit most{};  // an old kernel
  ::getrlimit(RLIMIT_NOFILE, &most);
  for (rlim_t i = first; i <= last && i < most.rlim_cur && i < 1U << 20; ++i) {
    const int file = static_cast<int>(i);
    if (at_start) {
      ::fcntl(file, F_SETFD, FD_CLOEXEC);
    } else {
      ::close(file);
    }
  }
}

/// If memory gets scarce on the machine, this is what the kernel ends first.
void volunteer() {
  const int file = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (file < 0) return;
  static_cast<void>(::write(file, "1000", 4) + 1);
  ::close(file);
}

void reset_signals() {
  for (int i = 1; i < NSIG; ++i) {
    struct sigaction standard {};
    standard.sa_handler = SIG_DFL;
    ::sigaction(i, &standard, nullptr);  // fails for some, rightly
  }
}

/// By system call: the library's functions would have all threads do it, and there is but one.
void change_user(const Task& task) {
  const uid_t user = task.confinement.user;
  const gid_t group = task.confinement.group;
  if (::syscall(SYS_setgroups, 0, nullptr) != 0) fail(task, "leaving groups");
  if (::syscall(SYS_setresgid, group, group, group) != 0) fail(task, "another group");
  if (::syscall(SYS_setresuid, user, user, user) != 0) fail(task, "another user");
}

void confine(const Task& task) {
  const Confinement& confinement = task.confinement;
  if (confinement.change_user) change_user(task);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);  // a change of the user undoes it
  if (confinement.no_new_privileges && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    fail(task, "no new privileges");
  }
#ifdef SYS_landlock_restrict_self
  if (confinement.landlock >= 0 &&
      ::syscall(SYS_landlock_restrict_self, confinement.landlock, 0U) != 0) {
    fail(task, "Landlock");
  }
#endif
  if (confinement.seccomp == nullptr) return;
  set_own_process(confinement.seccomp->filter, confinement.seccomp->len, ::getpid());
  if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, confinement.seccomp, 0, 0) != 0) {
    fail(task, "seccomp");
  }
}

}  // namespace

void close_all_but(const int* kept, std::size_t count) {
  unsigned next = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const unsigned number = static_cast<unsigned>(kept[i]);
    if (number > next) close_range_of(next, number - 1, false);
    if (number >= next) next = number + 1;
  }
  close_range_of(next, ~0U, false);
}

void become(const Task& task) {
  const pid_t keeper = ::getppid();
  ::setsid();
  ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  if (::getppid() != keeper) ::_exit(127);
  for (std::size_t i = 0; i < task.limit_count; ++i) {
    const ResourceLimit& limit = task.limits[i];
    rlimit now{};
    ::syscall(SYS_prlimit64, 0, limit.resource, nullptr, &now);
    // Nobody may exceed what holds for ourselves; what is less is kept.
    const rlimit wanted{limit.soft < now.rlim_max ? limit.soft : now.rlim_max,
                        limit.hard < now.rlim_max ? limit.hard : now.rlim_max};
    if (::syscall(SYS_prlimit64, 0, limit.resource, &wanted, nullptr) != 0) fail(task, "limits");
  }
  if (task.folder != nullptr && ::chdir(task.folder) != 0) fail(task, "its folder");
  if (::dup2(task.in, 0) < 0 || ::dup2(task.out, 1) < 0 || ::dup2(task.err, 2) < 0) {
    fail(task, "its input and outputs");
  }
  close_range_of(3, ~0U, true);
  for (std::size_t i = 0; i < task.passed_count; ++i) ::fcntl(task.passed[i], F_SETFD, 0);
  volunteer();
  reset_signals();
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  confine(task);
  ::execve(task.program, task.argv, task.environment);
  fail(task, step_of_program);
}

}  // namespace attn::grading
