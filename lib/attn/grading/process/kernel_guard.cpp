#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "attn/grading/process/guards.hpp"
#include "attn/grading/process/landlock.hpp"
#include "attn/grading/process/lookup.hpp"
#include "attn/grading/process/other_user.hpp"
#include "attn/grading/process/own_folder.hpp"
#include "attn/grading/process/seccomp.hpp"

namespace attn::grading {
namespace {

void set_variable(Command& command, const std::string& name, const std::string& value) {
  for (auto& [key, old] : command.environment) {
    if (key == name) {
      old = value;
      return;
    }
  }
  command.environment.emplace_back(name, value);
}

/// "" or what the user cannot reach.
std::string lend(OtherUser& user, const Sandbox& sandbox,
                 const std::vector<std::string>& writable) {
  std::vector<std::string> all = writable;
  for (const Bind& bind : sandbox.read_only) {
    OtherUser::show(bind.host);
    all.push_back(bind.host);
  }
  for (const std::string& folder : writable) user.give(folder);
  for (const std::string& path : all) {
    const std::string closed = user.lead_to(path);
    if (!closed.empty()) {
      return fmt::format(
          "{} is closed to other users, and as root programs run as another: put {} into the "
          "system's temporary folder, or install bubblewrap",
          closed, path);
    }
  }
  return "";
}

/// What Landlock does not know, the filter of calls must; but a program that starts others has to
/// signal them.
bool signals_are_held(bool other_user) { return other_user || landlock_version() >= 6; }

}  // namespace

Ended run_in_kernel_guard(const Sandbox& sandbox, const Command& command, const Limits& limits) {
  if (command.argv.empty()) return not_started("no program was named");
  try {
    Launch request;
    request.command = command;
    if (command.folder.empty()) request.command.folder = "/";
    request.limits = limits;
    std::vector<std::string> writable;
    for (const Bind& bind : sandbox.writable) writable.push_back(bind.host);
    std::optional<OwnFolder> scratch;
    if (sandbox.scratch) {
      writable.push_back(scratch.emplace(scratch_folder).path());
      set_variable(request.command, "TMPDIR", scratch->path());
    }
    std::optional<OtherUser> user;
    if (may_change_user()) {
      const std::string closed = lend(user.emplace(), sandbox, writable);
      if (!closed.empty()) return not_started(closed);
      request.confinement.change_user = true;
      request.confinement.user = user->user();
      request.confinement.group = OtherUser::group();
      request.process_limit = limits.processes;  // that user has no others
    } else if (::geteuid() != 0) {
      request.process_limit = our_tasks() + limits.processes + 64;
    }
    Reach reach{.readable = system_files(), .writable = writable, .devices = harmless_devices()};
    for (const Bind& bind : sandbox.read_only) reach.readable.push_back(bind.host);
    const Descriptor rules = landlock_rules(reach);
    request.confinement.landlock = rules.get();
    std::vector<sock_filter> filter =
        call_filter({.processes = sandbox.processes,
                     .signals = sandbox.processes && signals_are_held(user.has_value()),
                     // Compilers, linkers and bsdtar make files that others may run or read.
                     .attributes = user.has_value() || !sandbox.writable.empty()});
    sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
    request.confinement.seccomp = &program;
    request.may_kill_itself = sandbox.processes;
    request.watcher_is_safe = true;
    request.watch = watch_folders(writable, limits.disk_bytes);
    return launch(request);
  } catch (const std::exception& error) {
    return not_started(fmt::format("'{}' could not be started: {}", command.argv[0], error.what()));
  }
}

}  // namespace attn::grading
