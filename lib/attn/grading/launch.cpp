#include "attn/grading/launch.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <pthread.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <optional>

#include "attn/grading/descriptor.hpp"

namespace attn::grading {
namespace {

using Clock = std::chrono::steady_clock;

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

/// A run in progress, seen from our side.
class Run {
 public:
  Run(const Launch& launch, Ended& ended, Pipe& out, Pipe& err, Pipe& report, Pipe& command)
      : launch_(launch),
        ended_(ended),
        out_{std::move(out.read), ended.out, launch.limits.output_bytes},
        err_{std::move(err.read), ended.err, launch.limits.error_bytes},
        report_(std::move(report.read)),
        command_(std::move(command.write)) {
    for (const int descriptor : {out_.from.get(), err_.from.get(), report_.get()}) {
      ::fcntl(descriptor, F_SETFL, O_NONBLOCK);
    }
  }

  void follow() {
    double next_look = 0.1;
    while (report_.valid()) {
      const double left = launch_.limits.wall_seconds - seconds_since(start_);
      if (!over_ && left <= 0) {
        stop(Ended::How::out_of_time,
             fmt::format("ran longer than {:g} seconds", launch_.limits.wall_seconds));
      }
      const double wait = over_ ? 1.0 : std::min(left, next_look - seconds_since(start_));
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
    while (out_.from.valid() && ready(out_.from)) out_.read();
    while (err_.from.valid() && ready(err_.from)) err_.read();
    check_outputs();
    ended_.err_dropped = err_.total - ended_.err.size();
    if (ended_.seconds == 0) ended_.seconds = seconds_since(start_);
  }

  bool heard() const { return heard_; }

 private:
  static bool ready(const Descriptor& from) {
    pollfd watched{from.get(), POLLIN, 0};
    return ::poll(&watched, 1, 0) > 0;
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
    if (report.kind == Report::Kind::used) ended_.cpu_seconds = report.seconds;
    if (over_) return;
    if (report.kind == Report::Kind::not_started) {
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
    } else if (report.kind == Report::Kind::ended) {
      const bool killed = WIFSIGNALED(report.value);
      finish(killed ? Ended::How::killed_by_signal : Ended::How::exited,
             killed ? WTERMSIG(report.value) : WEXITSTATUS(report.value), "");
    }
  }

  const Launch& launch_;
  Ended& ended_;
  Capture out_, err_;
  Descriptor report_, command_;
  Clock::time_point start_ = Clock::now();
  bool over_ = false, heard_ = false;
};

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
  Run run(launch, ended, out, err, report, command);
  run.follow();
  while (::waitpid(keeper, nullptr, 0) < 0 && errno == EINTR) {
  }
  if (!run.heard()) {
    ended.how = Ended::How::killed_by_signal;
    ended.status = SIGKILL;
    ended.reason = "ended the process that watched over it";
  }
  blame_the_processor(ended, launch.limits);
  return ended;
}

}  // namespace

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

std::uint64_t our_tasks() {
  namespace fs = std::filesystem;
  std::uint64_t count = 0;
  std::error_code error;
  for (fs::directory_iterator at("/proc", error), end; !error && at != end; at.increment(error)) {
    struct stat process {};
    const std::string path = at->path().string();
    if (path.find_first_not_of("0123456789", 6) != std::string::npos) continue;
    if (::stat(path.c_str(), &process) != 0 || process.st_uid != ::getuid()) continue;
    struct stat tasks {};
    if (::stat((path + "/task").c_str(), &tasks) != 0) continue;
    count += std::max<std::uint64_t>(3, tasks.st_nlink) - 2;
  }
  return count;
}

std::string variable(const Command& command, const std::string& name,
                     const std::string& otherwise) {
  for (const auto& [key, value] : command.environment) {
    if (key == name) return value;
  }
  return otherwise;
}

std::string find_program(const std::string& name, const std::string& path) {
  if (name.empty() || name.find('/') != std::string::npos) return name;
  for (std::size_t start = 0; start <= path.size();) {
    const std::size_t end = std::min(path.find(':', start), path.size());
    const std::string folder = path.substr(start, end - start);
    const std::string candidate = (folder.empty() ? "." : folder) + "/" + name;
    struct stat file {};
    if (::stat(candidate.c_str(), &file) == 0 && S_ISREG(file.st_mode) &&
        ::access(candidate.c_str(), X_OK) == 0) {
      return candidate;
    }
    start = end + 1;
  }
  return "";
}

Ended launch(const Launch& launch) {
  const Command& command = launch.command;
  if (command.argv.empty()) return not_started("no program was named");
  std::vector<std::string> argv = command.argv;
  std::vector<std::string> environment;
  for (const auto& [name, value] : command.environment) environment.push_back(name + "=" + value);
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
  task.passed = launch.passed.data();
  task.passed_count = launch.passed.size();
  task.limits = limits.data();
  task.limit_count = limits.size();
  task.confinement = launch.confinement;
  // Each process may have as much; but together, of what they really use, only twice as much.
  task.most_pages =
      2 * launch.limits.memory_bytes / static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  task.most_processes = launch.limits.processes + launch.further_processes;
  try {
    Ended ended = start_and_follow(launch, task);
    if (ended.how == Ended::How::not_started) {
      ended.reason = fmt::format("'{}' could not be started: {}", argv[0], ended.reason);
    }
    return ended;
  } catch (const std::system_error& error) {
    return not_started(fmt::format("'{}' could not be started: {}", argv[0], error.what()));
  }
}

}  // namespace attn::grading
