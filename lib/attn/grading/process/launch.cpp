#include "attn/grading/process/launch.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstring>

#include "attn/grading/process/descriptor.hpp"
#include "attn/grading/process/follow.hpp"
#include "attn/grading/process/lookup.hpp"
#include "attn/grading/process/outside.hpp"

namespace attn::grading {
namespace {

rlim_t whole_seconds(double seconds) {
  return static_cast<rlim_t>(std::ceil(std::clamp(seconds, 1.0, 1e9)));
}

std::vector<ResourceLimit> resource_limits(const Launch& launch) {
  const Limits& limits = launch.limits;
  const rlim_t cpu = whole_seconds(limits.cpu_seconds);
  std::vector<ResourceLimit> all{
      {RLIMIT_CORE, 0, 0},
      {RLIMIT_CPU, cpu, cpu + 1},  // first a signal that says why
      {RLIMIT_FSIZE, limits.file_bytes, limits.file_bytes},
      {RLIMIT_MEMLOCK, 65536, 65536},
      {RLIMIT_NOFILE, 256, 256},
  };
  if (limits.memory_bytes > 0) {
    all.push_back({RLIMIT_AS, limits.memory_bytes, limits.memory_bytes});
  }
  if (launch.process_limit > 0) {
    all.push_back({RLIMIT_NPROC, launch.process_limit, launch.process_limit});
  }
  return all;
}

/// Pointers into `strings`, and a null pointer.
std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> result;
  result.reserve(strings.size() + 1);
  for (std::string& string : strings) result.push_back(string.data());
  result.push_back(nullptr);
  return result;
}

bool has_nul(const std::vector<std::string>& strings) {
  return std::any_of(strings.begin(), strings.end(), [](const std::string& string) {
    return string.find('\0') != std::string::npos;
  });
}

/// Forks with all signals blocked, so that no handler of ours runs in the child.
pid_t fork_keeper(Task& task) {
  sigset_t all, before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t keeper = ::fork();
  if (keeper == 0) keep(task);
  const int error = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error;
  return keeper;
}

/// \throws std::system_error
Ended start_and_follow(const Launch& launch, Task& task) {
  Pipe out = make_pipe(), err = make_pipe(), report = make_pipe(), command = make_pipe();
  const Descriptor nothing = out_of_the_way(::open("/dev/null", O_RDONLY | O_CLOEXEC), "/dev/null");
  std::vector<Relative> relatives(32768);
  task.family = {relatives.data(), relatives.size()};
  task.in = nothing.get();
  task.out = out.write.get();
  task.err = err.write.get();
  task.report = report.write.get();
  task.command = command.read.get();

  Ended ended;
  const pid_t keeper = fork_keeper(task);
  if (keeper < 0) return not_started(fmt::format("a process: {}", std::strerror(errno)));
  for (Descriptor* descriptor : {&out.write, &err.write, &report.write, &command.read}) {
    descriptor->close();
  }
  const bool heard = follow(launch, keeper, std::move(out.read), std::move(err.read),
                            std::move(report.read), std::move(command.write), ended);
  while (::waitpid(keeper, nullptr, 0) < 0 && errno == EINTR) {
  }
  if (!heard) {
    ended.how = Ended::How::killed_by_signal;
    ended.status = SIGKILL;
    ended.from_outside = launch.watcher_is_safe;
    ended.reason = launch.watcher_is_safe
                       ? "was ended with its watcher, which was killed from outside"
                       : "ended the process that watched over it";
  }
  blame_the_processor(ended, launch.limits);
  return ended;
}

}  // namespace

void set_status(Ended& ended, int status) {
  const bool killed = WIFSIGNALED(status);
  ended.how = killed ? Ended::How::killed_by_signal : Ended::How::exited;
  ended.status = killed ? WTERMSIG(status) : WEXITSTATUS(status);
}

void blame_the_processor(Ended& ended, const Limits& limits) {
  const bool ours = ended.status == SIGXCPU ||
                    (ended.status == SIGKILL && ended.cpu_seconds > limits.cpu_seconds);
  if (ended.how != Ended::How::killed_by_signal || !ours) return;
  ended.how = Ended::How::out_of_time;
  ended.reason = fmt::format("used more than {:g} s of the processor", limits.cpu_seconds);
}

Ended not_started(std::string reason) {
  Ended ended;
  ended.reason = std::move(reason);
  return ended;
}

Ended launch(const Launch& launch) {
  const Command& command = launch.command;
  if (command.argv.empty()) return not_started("no program was named");
  std::vector<std::string> argv = command.argv;
  std::vector<std::string> environment;
  for (const auto& [name, value] : command.environment) {
    environment.push_back(fmt::format("{}={}", name, value));
  }
  if (has_nul(argv) || has_nul(environment) || has_nul({command.folder})) {
    return not_started("an argument has a NUL byte");
  }
  const std::string program =
      find_program(argv[0], variable(command, "PATH", "/usr/local/bin:/usr/bin:/bin"));
  if (program.empty()) return not_started(fmt::format("there is no program '{}'", argv[0]));

  const std::vector<char*> argv_pointers = pointers(argv);
  const std::vector<char*> environment_pointers = pointers(environment);
  const std::vector<ResourceLimit> limits = resource_limits(launch);
  Task task{};
  task.program = program.c_str();
  task.argv = argv_pointers.data();
  task.environment = environment_pointers.data();
  task.folder = command.folder.empty() ? nullptr : command.folder.c_str();
  task.passed = command.passed.data();
  task.passed_count = command.passed.size();
  task.limits = limits.data();
  task.limit_count = limits.size();
  task.confinement = launch.confinement;
  // Each process may have as much; but together, of what they really use, only twice as much.
  task.most_pages =
      2 * launch.limits.memory_bytes / static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  task.ticks_per_second = static_cast<double>(::sysconf(_SC_CLK_TCK));
  // One that does not listen has a second more than its time, and is ended by the kernel.
  task.most_ticks = static_cast<std::uint64_t>(task.ticks_per_second *
                                               (2 * std::min(1e9, launch.limits.cpu_seconds) + 1));
  task.most_processes = launch.limits.processes + launch.further_processes;
  const Outside outside;
  try {
    Ended ended = start_and_follow(launch, task);
    outside.blame(ended, launch.may_kill_itself);
    if (ended.how == Ended::How::not_started) {
      ended.reason = fmt::format("'{}' could not be started: {}", argv[0], ended.reason);
    }
    return ended;
  } catch (const std::system_error& error) {
    return not_started(fmt::format("'{}' could not be started: {}", argv[0], error.what()));
  }
}

}  // namespace attn::grading
