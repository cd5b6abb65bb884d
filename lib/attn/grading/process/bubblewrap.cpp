#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <initializer_list>
#include <optional>
#include <set>

#include "attn/grading/process/descriptor.hpp"
#include "attn/grading/process/guards.hpp"
#include "attn/grading/process/lookup.hpp"
#include "attn/grading/process/other_user.hpp"
#include "attn/grading/process/seccomp.hpp"

namespace attn::grading {
namespace {

const char* const trusted_path = "/usr/local/bin:/usr/bin:/bin";

/// The filter in a file, as bwrap wants it.
/// \throws std::system_error
Descriptor file_with(const std::vector<sock_filter>& filter) {
  Descriptor file = out_of_the_way(::memfd_create("filter", MFD_CLOEXEC), "the filter of calls");
  const std::size_t size = filter.size() * sizeof(sock_filter);
  if (::write(file.get(), filter.data(), size) != static_cast<ssize_t>(size) ||
      ::lseek(file.get(), 0, SEEK_SET) != 0) {
    throw std::system_error(errno, std::generic_category(), "the filter of calls");
  }
  return file;
}

std::string everything_in(const Descriptor& pipe) {
  std::string text;
  char buffer[4096];
  ::fcntl(pipe.get(), F_SETFL, O_NONBLOCK);
  for (ssize_t got = 0; (got = ::read(pipe.get(), buffer, sizeof buffer)) > 0;) {
    text.append(buffer, static_cast<std::size_t>(got));
  }
  return text;
}

class Arguments {
 public:
  std::vector<std::string> words;
  std::set<std::string> folders;  // made already: bwrap takes no more than 9000 words
  void add(std::initializer_list<std::string> more) {
    words.insert(words.end(), more.begin(), more.end());
  }
};

void add_namespaces(Arguments& arguments, Bubblewrap how) {
  if (how == Bubblewrap::as_any_user) arguments.add({"--unshare-user"});
  arguments.add({"--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts",
                 "--unshare-cgroup-try", "--die-with-parent", "--new-session", "--cap-drop",
                 "ALL"});
  if (how == Bubblewrap::as_root) {
    // Until it has become that user: to do so, and to enter folders that are no longer root's.
    for (const char* capability : {"CAP_SETUID", "CAP_SETGID", "CAP_DAC_READ_SEARCH"}) {
      arguments.add({"--cap-add", capability});
    }
  }
}

/// The folders that lead to a path inside; bwrap's own would be closed to another user.
void add_folders_to(Arguments& arguments, const std::string& inside) {
  for (std::size_t at = 0; (at = inside.find('/', at + 1)) != std::string::npos;) {
    const std::string folder = inside.substr(0, at);
    if (arguments.folders.insert(folder).second)
      arguments.add({"--perms", "0755", "--dir", folder});
  }
}

void add_bind(Arguments& arguments, const char* how, const Bind& bind) {
  add_folders_to(arguments, bind.inside);
  arguments.add({how, bind.host, bind.inside});
}

void add_files(Arguments& arguments, const Sandbox& sandbox, const Limits& limits) {
  for (const std::string& path : system_files()) add_bind(arguments, "--ro-bind", {path, path});
  arguments.add({"--proc", "/proc"});
  for (const std::string& path : harmless_devices()) {
    add_bind(arguments, "--dev-bind", {path, path});
  }
  arguments.add({"--symlink", "/proc/self/fd", "/dev/fd", "--symlink", "/proc/self/fd/0",
                 "/dev/stdin", "--symlink", "/proc/self/fd/1", "/dev/stdout", "--symlink",
                 "/proc/self/fd/2", "/dev/stderr"});
  if (sandbox.scratch) {
    for (const char* folder : {"/tmp", "/dev/shm"}) {
      arguments.add(
          {"--perms", "1777", "--size", std::to_string(limits.disk_bytes), "--tmpfs", folder});
    }
  }
  for (const Bind& bind : sandbox.read_only) add_bind(arguments, "--ro-bind", bind);
  for (const Bind& bind : sandbox.writable) add_bind(arguments, "--bind", bind);
  arguments.add({"--remount-ro", "/"});
}

void add_program(Arguments& arguments, const Command& command, const OtherUser* user) {
  arguments.add({"--clearenv"});
  for (const auto& [name, value] : command.environment) arguments.add({"--setenv", name, value});
  arguments.add({"--chdir", command.folder.empty() ? "/" : command.folder, "--"});
  if (user != nullptr) {
    arguments.add({find_program("setpriv", trusted_path), "--reuid", std::to_string(user->user()),
                   "--regid", std::to_string(OtherUser::group()), "--clear-groups",
                   "--inh-caps=-all", "--"});
  }
  arguments.words.insert(arguments.words.end(), command.argv.begin(), command.argv.end());
}

/// bwrap ends as the program did; if the program never was, or was killed, that shows elsewhere.
void interpret(Ended& ended, const std::string& status, const std::string& name) {
  if (ended.how != Ended::How::exited) return;
  const bool refused = ended.status == 127 && ended.err.starts_with("setpriv: ");
  if (refused || status.find("\"exit-code\"") == std::string::npos) {
    ended.how = Ended::How::not_started;
    ended.reason = fmt::format("'{}' could not be started: {}", name,
                               ended.err.substr(0, ended.err.find('\n')));
  } else if (ended.status > 128 && ended.status < 160) {
    ended.how = Ended::How::killed_by_signal;
    ended.status -= 128;
  }
}

bool works(Bubblewrap how) {
  Command command;
  command.argv = {"true"};
  command.environment = {{"PATH", trusted_path}};
  Sandbox sandbox;
  sandbox.scratch = true;
  return run_in_bubblewrap(how, sandbox, command, {}).ok();
}

}  // namespace

Bubblewrap how_bubblewrap_works() {
  static const Bubblewrap how = [] {
    if (find_program("bwrap", trusted_path).empty()) return Bubblewrap::not_at_all;
    const bool can_change = may_change_user() && !find_program("setpriv", trusted_path).empty();
    if (can_change && works(Bubblewrap::as_root)) return Bubblewrap::as_root;
    return works(Bubblewrap::as_any_user) ? Bubblewrap::as_any_user : Bubblewrap::not_at_all;
  }();
  return how;
}

Ended run_in_bubblewrap(Bubblewrap how, const Sandbox& sandbox, const Command& command,
                        const Limits& limits) {
  if (command.argv.empty()) return not_started("no program was named");
  const bool as_root = how == Bubblewrap::as_root;
  try {
    std::optional<OtherUser> user;
    if (as_root) {
      user.emplace();
      for (const Bind& bind : sandbox.read_only) OtherUser::show(bind.host);
      for (const Bind& bind : sandbox.writable) user->give(bind.host);
    }
    const Descriptor filter =
        file_with(call_filter({.processes = sandbox.processes, .signals = true}));
    Pipe status = make_pipe();
    Arguments arguments;
    arguments.add({find_program("bwrap", trusted_path)});
    add_namespaces(arguments, how);
    add_files(arguments, sandbox, limits);
    arguments.add({"--seccomp", std::to_string(filter.get()), "--json-status-fd",
                   std::to_string(status.write.get())});
    add_program(arguments, command, user ? &*user : nullptr);

    Launch request;
    request.command.argv = arguments.words;
    request.limits = limits;
    request.confinement.no_new_privileges = false;  // bwrap itself sees to that
    request.passed = {filter.get(), status.write.get()};
    request.further_processes = 2;  // bwrap, and the first process of its namespace
    if (as_root) {
      request.process_limit = limits.processes;  // that user has no others
    } else if (::geteuid() != 0) {
      request.process_limit = our_tasks() + limits.processes + 64;
    }
    std::vector<std::string> folders;
    for (const Bind& bind : sandbox.writable) folders.push_back(bind.host);
    request.watch = watch_folders(folders, limits.disk_bytes);
    Ended ended = launch(request);
    status.write.close();
    interpret(ended, everything_in(status.read), command.argv[0]);
    blame_the_processor(ended, limits);
    return ended;
  } catch (const std::exception& error) {
    return not_started(fmt::format("'{}' could not be started: {}", command.argv[0], error.what()));
  }
}

}  // namespace attn::grading
