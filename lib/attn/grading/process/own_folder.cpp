#include "attn/grading/process/own_folder.hpp"

#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>

#include "attn/grading/process/other_user.hpp"

namespace attn::grading {
namespace {

namespace fs = std::filesystem;

/// Also where a program has closed folders of its own to us.
void remove_folder(const std::string& path) {
  std::error_code error;
  fs::remove_all(path, error);
  for (int attempt = 0; error && attempt < 100; ++attempt) {
    error.clear();
    fs::permissions(path, fs::perms::owner_all, error);
    for (fs::recursive_directory_iterator
             at(path, fs::directory_options::skip_permission_denied, error),
         end;
         !error && at != end; at.increment(error)) {
      std::error_code ignored;
      if (at->symlink_status(ignored).type() == fs::file_type::directory) {
        fs::permissions(at->path(), fs::perms::owner_all, ignored);
      }
    }
    error.clear();
    fs::remove_all(path, error);
  }
}

std::string prefix_path(const std::string& prefix) {
  std::error_code unusable;  // a TMPDIR that is not there
  const fs::path folder = fs::temp_directory_path(unusable);
  return ((unusable ? "/tmp" : folder) / prefix).string() + "-";
}

Descriptor lock_on(const std::string& path) {
  Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (folder.valid() && ::flock(folder.get(), LOCK_EX | LOCK_NB) != 0) return {};
  return folder;
}

}  // namespace

OwnFolder::OwnFolder(const std::string& prefix) {
  std::string name = prefix_path(prefix) + "XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) {
    throw std::system_error(errno, std::generic_category(), name);
  }
  path_ = name;
  held_ = lock_on(path_);
}

OwnFolder::~OwnFolder() { remove_folder(path_); }

void remove_left_folders(const std::string& prefix) {
  using namespace std::chrono_literals;
  std::error_code error;
  const std::string start = prefix_path(prefix);
  for (fs::directory_iterator at(fs::path(start).parent_path(), error), end; !error && at != end;
       at.increment(error)) {
    const std::string path = at->path().string();
    struct stat what {};
    constexpr std::size_t random = 6;  // characters of mkdtemp(); else it is somebody's own folder
    if (!path.starts_with(start) || path.size() != start.size() + random ||
        ::lstat(path.c_str(), &what) != 0)
      continue;
    // One that was given to a program's user is ours as well.
    const bool given = ::geteuid() == 0 && is_other_user(what.st_uid);
    if (!S_ISDIR(what.st_mode) || (what.st_uid != ::geteuid() && !given)) continue;
    // A new one has no lock for a moment.
    std::error_code unknown;
    if (at->last_write_time(unknown) + 2s > fs::file_time_type::clock::now() || unknown) continue;
    if (lock_on(path).valid()) remove_folder(path);
  }
}

}  // namespace attn::grading
