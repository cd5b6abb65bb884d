#include "attn/grading/process/sandbox.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "attn/grading/process/guards.hpp"
#include "attn/grading/process/landlock.hpp"
#include "attn/grading/process/other_user.hpp"

namespace attn::grading {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> existing(std::vector<std::string> paths) {
  std::erase_if(paths, [](const std::string& path) { return ::access(path.c_str(), F_OK) != 0; });
  return paths;
}

struct Usage {
  std::uint64_t bytes = 0, files = 0;
};

Usage usage_of(const std::vector<std::string>& folders) {
  constexpr auto options = fs::directory_options::skip_permission_denied;
  Usage usage;
  for (const std::string& folder : folders) {
    std::error_code error;
    for (fs::recursive_directory_iterator at(folder, options, error), end; !error && at != end;
         at.increment(error)) {
      struct stat file {};
      if (::lstat(at->path().c_str(), &file) != 0) continue;
      usage.bytes += 512 * static_cast<std::uint64_t>(file.st_blocks);
      if (++usage.files > 200000) return usage;
    }
  }
  return usage;
}

/// Free bytes of the disks, and whether one of them is nearly full.
struct Space {
  std::uint64_t free = 0;
  bool scarce = false;
};

Space space_of(const std::vector<std::string>& folders) {
  Space space;
  for (const std::string& folder : folders) {
    struct statvfs disk {};
    if (::statvfs(folder.c_str(), &disk) != 0) continue;
    const std::uint64_t free = std::uint64_t{disk.f_bavail} * disk.f_frsize;
    const std::uint64_t all = std::uint64_t{disk.f_blocks} * disk.f_frsize;
    space.free += free;
    space.scarce |= free < std::min(all / 20, std::uint64_t{1} << 30);
  }
  return space;
}

}  // namespace

std::vector<std::string> system_files() {
  return existing({"/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin", "/etc/ld.so.cache",
                   "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/alternatives", "/etc/localtime"});
}

std::vector<std::string> harmless_devices() {
  return existing({"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"});
}

std::function<std::string()> watch_folders(std::vector<std::string> folders, std::uint64_t most) {
  if (folders.empty()) return {};
  const Usage before = usage_of(folders);
  const Space space = space_of(folders);
  return [folders = std::move(folders), most, before, space]() -> std::string {
    constexpr std::uint64_t most_files = 20000;
    const Usage now = usage_of(folders);
    if (now.bytes > before.bytes + most) return fmt::format("wrote more than {} bytes", most);
    if (now.files > before.files + most_files) {
      return fmt::format("made more than {} files", most_files);
    }
    // A file that was deleted while it is open is in no folder.
    const Space left = space_of(folders);
    if (left.scarce && left.free + most < space.free) return "filled the disk";
    return "";
  };
}

bool bubblewrap_works() { return how_bubblewrap_works() != Bubblewrap::not_at_all; }

Guard best_guard() { return bubblewrap_works() ? Guard::bubblewrap : Guard::kernel; }

Ended run_in(Guard guard, const Sandbox& sandbox, const Command& command, const Limits& limits) {
  for (const std::vector<Bind>& binds : {sandbox.read_only, sandbox.writable}) {
    for (const Bind& bind : binds) {
      if (::access(bind.host.c_str(), F_OK) != 0) {
        return not_started(fmt::format("there is no '{}' to give to the program", bind.host));
      }
    }
  }
  if (guard == Guard::kernel) return run_in_kernel_guard(sandbox, command, limits);
  const Bubblewrap how = how_bubblewrap_works();
  if (how == Bubblewrap::not_at_all) {
    return not_started("bubblewrap (bwrap) is not installed, or may not do its work here");
  }
  return run_in_bubblewrap(how, sandbox, command, limits);
}

std::string what_holds(Guard guard) {
  const std::string user = " It runs as a user of its own.";
  const std::string always =
      " Time, memory, processes, output and files are limited, and nothing that the program starts "
      "outlives it.";
  if (guard == Guard::bubblewrap) {
    const Bubblewrap how = how_bubblewrap_works();
    if (how == Bubblewrap::not_at_all) return "bubblewrap (bwrap) does not work here.";
    return "The program sees its own processes, the files that it was given and the system's "
           "programs; there is no network." +
           (how == Bubblewrap::as_root ? user : "") + always;
  }
  const int landlock = landlock_version();
  const bool other = may_change_user();
  std::string text =
      "The program may not open sockets, nor trace or signal processes that are not its own.";
  if (landlock > 0) {
    text += fmt::format(
        " Landlock (version {}) keeps it to the files that it was given and the system's programs.",
        landlock);
  } else if (other) {
    text += " This kernel has no Landlock: files that are open to everybody are open to it.";
  } else {
    text += " This kernel has no Landlock: it can read and change every file that you can.";
  }
  return text + (other ? user : "") + always;
}

}  // namespace attn::grading
