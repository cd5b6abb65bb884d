#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <initializer_list>
#include <optional>
#include <set>

#include "attn/grading/process/descriptor.hpp"
#include "attn/grading/process/guards.hpp"
#include "attn/grading/process/holder/record.hpp"
#include "attn/grading/process/lookup.hpp"
#include "attn/grading/process/other_user.hpp"
#include "attn/grading/process/outside.hpp"
#include "attn/grading/process/seccomp.hpp"

namespace attn::grading {
namespace {

const char* const holder = ATTN_HOLDER;
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

/// What the holder told, in its order.
std::vector<HolderRecord> records_in(const Descriptor& pipe) {
  std::vector<HolderRecord> records;
  HolderRecord record{};
  ::fcntl(pipe.get(), F_SETFL, O_NONBLOCK);
  while (::read(pipe.get(), &record, sizeof record) == static_cast<ssize_t>(sizeof record)) {
    records.push_back(record);
  }
  return records;
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
    // Of the holder alone: to have the program become that user, to enter folders that are no
    // longer root's, and to tell the program that its time is over.
    for (const char* capability : {"CAP_SETUID", "CAP_SETGID", "CAP_DAC_READ_SEARCH", "CAP_KILL"}) {
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
  add_bind(arguments, "--ro-bind", {holder, holder_inside});
  for (const Bind& bind : sandbox.read_only) add_bind(arguments, "--ro-bind", bind);
  for (const Bind& bind : sandbox.writable) add_bind(arguments, "--bind", bind);
  arguments.add({"--remount-ro", "/"});
}

/// What the holder of the program is given.
struct Held {
  int records, told, filter;
  const OtherUser* user;
};

void add_program(Arguments& arguments, const Command& command, const Held& held) {
  arguments.add({"--clearenv"});
  for (const auto& [name, value] : command.environment) arguments.add({"--setenv", name, value});
  arguments.add({"--chdir", command.folder.empty() ? "/" : command.folder, "--", holder_inside});
  const uid_t user = held.user == nullptr ? 0 : held.user->user();
  const gid_t group = held.user == nullptr ? 0 : OtherUser::group();
  arguments.add({std::to_string(held.records), std::to_string(held.told),
                 std::to_string(held.filter), std::to_string(user), std::to_string(group)});
  arguments.words.insert(arguments.words.end(), command.argv.begin(), command.argv.end());
}

/// What became of the program, where nothing else ended it: `ended` says what became of bwrap.
void interpret(Ended& ended, const std::vector<HolderRecord>& records, const Command& command,
               bool can_end_its_holder) {
  const bool by_itself = ended.how == Ended::How::exited ||
                         (ended.how == Ended::How::killed_by_signal && ended.reason.empty());
  if (!by_itself) return;
  const bool bwrap_was_killed = ended.how == Ended::How::killed_by_signal;
  for (const HolderRecord& record : records) {
    if (record.kind == HolderRecord::Kind::begun) continue;
    if (record.kind != HolderRecord::Kind::ended) {
      ended.how = Ended::How::not_started;
      if (record.kind == HolderRecord::Kind::not_executed) ended.not_executed = record.value;
      ended.reason = fmt::format("'{}' could not be started: {}", command.argv[0],
                                 std::strerror(record.value));
      return;
    }
    set_status(ended, record.value);
    return;
  }
  if (records.empty() && !bwrap_was_killed) {
    ended.how = Ended::How::not_started;
    ended.reason = fmt::format("'{}' could not be started: {}", command.argv[0],
                               ended.err.substr(0, ended.err.find('\n')));
    return;
  }
  ended.how = Ended::How::killed_by_signal;
  ended.status = SIGKILL;
  ended.from_outside = bwrap_was_killed || !can_end_its_holder;
  ended.reason = ended.from_outside ? "was ended with its sandbox, which was killed from outside"
                                    : "ended the process that watched over it";
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
    if (find_program("bwrap", trusted_path).empty() || ::access(holder, X_OK) != 0)
      return Bubblewrap::not_at_all;
    if (may_change_user() && works(Bubblewrap::as_root)) return Bubblewrap::as_root;
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
        file_with(call_filter({.processes = sandbox.processes, .signals = sandbox.processes}));
    Pipe records = make_pipe(), told = make_pipe();
    Arguments arguments;
    arguments.add({find_program("bwrap", trusted_path)});
    add_namespaces(arguments, how);
    add_files(arguments, sandbox, limits);
    add_program(arguments, command,
                {records.write.get(), told.read.get(), filter.get(), user ? &*user : nullptr});

    Launch request;
    request.command.argv = arguments.words;
    request.limits = limits;
    request.confinement.no_new_privileges = false;  // bwrap itself sees to that
    request.tell = told.write.get();
    request.command.passed = command.passed;
    request.command.passed.insert(request.command.passed.end(),
                                  {filter.get(), records.write.get(), told.read.get()});
    request.further_processes = 3;  // bwrap, the first process of its namespace, and the holder
    if (as_root) {
      request.process_limit = limits.processes;  // that user has no others
    } else if (::geteuid() != 0) {
      request.process_limit = our_tasks() + limits.processes + 64;
    }
    std::vector<std::string> folders;
    for (const Bind& bind : sandbox.writable) folders.push_back(bind.host);
    request.watch = watch_folders(folders, limits.disk_bytes);
    request.watcher_is_safe = true;
    const Outside outside;
    Ended ended = launch(request);
    ended.not_executed = 0;  // that was bwrap
    records.write.close();
    const bool can_end_its_holder = sandbox.processes && !as_root;
    interpret(ended, records_in(records.read), command, can_end_its_holder);
    blame_the_processor(ended, limits);
    outside.blame(ended, sandbox.processes);
    return ended;
  } catch (const std::exception& error) {
    return not_started(fmt::format("'{}' could not be started: {}", command.argv[0], error.what()));
  }
}

}  // namespace attn::grading
