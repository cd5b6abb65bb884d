#include "attn/grading/process/closed.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "attn/grading/process/guards.hpp"
#include "attn/grading/process/landlock.hpp"
#include "attn/grading/process/other_user.hpp"

namespace attn::grading {
namespace {

namespace fs = std::filesystem;

/// Whether a user to whom nothing belongs may do this.
bool others_may(const struct stat& what, mode_t right) {
  if (is_other_user(what.st_uid)) return (what.st_mode & (right << 6)) != 0;
  if (what.st_gid == OtherUser::group()) return (what.st_mode & (right << 3)) != 0;
  return (what.st_mode & right) != 0;
}

/// Is there a folder above through which others cannot pass?
bool is_out_of_reach(const fs::path& path) {
  fs::path folder;
  for (const fs::path& part : path.parent_path()) {
    folder /= part;
    struct stat what {};
    if (::stat(folder.c_str(), &what) == 0 && !others_may(what, S_IXOTH)) return true;
  }
  return false;
}

std::string close_one(const std::string& path) {
  std::error_code error;
  const fs::path real = fs::canonical(path, error);
  if (error == std::errc::no_such_file_or_directory) return "";
  if (error) return fmt::format("{} cannot be looked at: {}", path, error.message());
  struct stat what {};
  if (::stat(real.c_str(), &what) != 0) return fmt::format("{}: {}", path, std::strerror(errno));
  const mode_t rights = S_IROTH | S_IXOTH | S_IWOTH;
  const bool open = others_may(what, S_IROTH) || others_may(what, S_IXOTH);
  if (!open || is_out_of_reach(real)) return "";
  const std::string remedy =
      fmt::format("{} is open to everybody; close it with `chmod o-rwx '{}'`", path, path);
  if (what.st_uid != ::geteuid()) return remedy;
  mode_t mode = what.st_mode & 07777U & ~rights;
  if (what.st_gid == OtherUser::group()) mode &= ~static_cast<mode_t>(S_IRWXG);
  return ::chmod(real.c_str(), mode) == 0 ? "" : remedy;
}

}  // namespace

bool hides_files(Guard guard) { return guard == Guard::bubblewrap || landlock_version() > 0; }

bool runs_as_ourselves(Guard guard) { return !hides_files(guard) && !may_change_user(); }

std::string close_to_others(Guard guard, const std::vector<std::string>& paths) {
  return hides_files(guard) || runs_as_ourselves(guard) ? "" : close_to_others(paths);
}

std::string close_to_others(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    const std::string problem = close_one(path);
    if (!problem.empty()) return problem;
  }
  return "";
}

}  // namespace attn::grading
