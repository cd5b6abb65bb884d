/// attn-holder RECORDS TOLD FILTER USER GROUP PROGRAM [ARGUMENT...]
///
/// Runs PROGRAM as a child in the sandbox that bwrap has made, held by the filter of calls in
/// descriptor FILTER, as USER and GROUP unless these are 0, and tells descriptor RECORDS what
/// becomes of it (record.hpp). When descriptor TOLD can be read, all that runs in the sandbox gets
/// SIGTERM.
///
/// A program of its own, without the C++ library, so that nothing of the grader's memory, in which
/// the answers are, is ever in the sandbox, and so that it starts at once.
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>

#include "attn/grading/process/holder/record.hpp"
#include "attn/grading/process/seccomp.hpp"

namespace {

using attn::grading::HolderRecord;

constexpr std::size_t longest_filter = 4096;
sock_filter filter[longest_filter];

int records = -1;

void tell(HolderRecord::Kind kind, int value) {
  const HolderRecord record{kind, value};
  while (::write(records, &record, sizeof record) < 0 && errno == EINTR) {
  }
}

[[noreturn]] void give_up() {
  tell(HolderRecord::Kind::not_started, errno);
  ::_exit(127);
}

unsigned short read_filter(int file) {
  const ssize_t size = ::read(file, filter, sizeof filter);
  if (size <= 0) give_up();
  return static_cast<unsigned short>(static_cast<std::size_t>(size) / sizeof(sock_filter));
}

void drop_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  const __user_cap_data_struct none[2] = {};
  if (::syscall(SYS_capset, &header, none) != 0) give_up();
}

[[noreturn]] void become(char** words, sock_fprog program, unsigned user, unsigned group) {
  if (user != 0) {
    if (::syscall(SYS_setgroups, 0, nullptr) != 0) give_up();
    if (::syscall(SYS_setresgid, group, group, group) != 0) give_up();
    if (::syscall(SYS_setresuid, user, user, user) != 0) give_up();
  }
  drop_capabilities();
  ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  ::signal(SIGTERM, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) give_up();
  attn::grading::set_own_process(program.filter, program.len, ::getpid());
  if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) != 0) give_up();
  ::execvp(words[0], words);
  tell(HolderRecord::Kind::not_executed, errno);
  ::_exit(127);
}

/// Until the program ends. Its orphans are bwrap's.
int wait_for(pid_t program, int told) {
  sigset_t child_ended;
  sigemptyset(&child_ended);
  sigaddset(&child_ended, SIGCHLD);
  const int signals = ::signalfd(-1, &child_ended, SFD_CLOEXEC | SFD_NONBLOCK);
  pollfd watched[] = {{signals, POLLIN, 0}, {told, POLLIN, 0}};
  for (;;) {
    int status = 0;
    const pid_t ended = ::waitpid(program, &status, WNOHANG);
    if (ended == program) return status;
    ::poll(watched, 2, signals < 0 ? 10 : -1);
    signalfd_siginfo drained;
    while (::read(signals, &drained, sizeof drained) > 0) {
    }
    if (watched[1].revents == 0) continue;
    watched[1].fd = -1;
    ::kill(-1, SIGTERM);
    ::kill(-1, SIGCONT);
  }
}

}  // namespace

int main(int count, char** words) {
  if (count < 7) return 127;
  records = std::atoi(words[1]);
  const int told = std::atoi(words[2]);
  const int filter_file = std::atoi(words[3]);
  const unsigned user = static_cast<unsigned>(std::atoi(words[4]));
  const unsigned group = static_cast<unsigned>(std::atoi(words[5]));
  for (const int ours : {records, told, filter_file}) ::fcntl(ours, F_SETFD, FD_CLOEXEC);
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);  // nobody looks into us, or through our descriptors
  ::signal(SIGTERM, SIG_IGN);
  sigset_t child_ended;
  sigemptyset(&child_ended);
  sigaddset(&child_ended, SIGCHLD);
  ::sigprocmask(SIG_BLOCK, &child_ended, nullptr);
  tell(HolderRecord::Kind::begun, 0);
  const sock_fprog program{read_filter(filter_file), filter};
  const pid_t child = ::fork();
  if (child == 0) become(words + 6, program, user, group);
  if (child < 0) give_up();
  const int status = wait_for(child, told);
  tell(HolderRecord::Kind::ended, status);
  return 0;
}
