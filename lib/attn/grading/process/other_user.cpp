#include "attn/grading/process/other_user.hpp"

#include <pwd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <mutex>
#include <set>

namespace attn::grading {
namespace {

namespace fs = std::filesystem;

// A range that neither Debian nor systemd gives to anybody.
constexpr uid_t first_user = 60514, last_user = 61183;
constexpr gid_t the_group = 61183;

std::mutex mutex;
std::set<uid_t>& users_taken() {
  static std::set<uid_t> users;
  return users;
}

/// Who has processes now, so that two programs of ours do not choose the same.
std::set<uid_t> users_at_work() {
  std::set<uid_t> users;
  std::error_code error;
  for (fs::directory_iterator at("/proc", error), end; !error && at != end; at.increment(error)) {
    struct stat process {};
    if (::stat(at->path().c_str(), &process) == 0) users.insert(process.st_uid);
  }
  return users;
}

uid_t choose_user() {
  const std::set<uid_t> busy = users_at_work();
  const std::lock_guard lock(mutex);
  constexpr uid_t count = last_user - first_user;
  const uid_t start = static_cast<uid_t>(::getpid()) * 31;
  for (uid_t i = 0; i < count; ++i) {
    const uid_t user = first_user + (start + i) % count;
    if (busy.contains(user) || !users_taken().insert(user).second) continue;
    return user;
  }
  return last_user;  // with so many at once the limit on processes is shared
}

bool in_temporary_folder(const fs::path& path) {
  std::error_code error;
  for (const fs::path& folder :
       {fs::path("/tmp"), fs::path("/var/tmp"), fs::temp_directory_path(error)}) {
    const fs::path canonical = fs::canonical(folder, error);
    if (error || canonical == "/") continue;
    const std::string prefix = canonical.string() + "/";
    if (path.string().starts_with(prefix)) return true;
  }
  return false;
}

/// Calls `act(path, stat)` for a path and all that is beneath it; links are not followed.
template <class Act>
void for_all(const fs::path& top, Act&& act) {
  const auto visit = [&](const fs::path& path) {
    struct stat what {};
    if (::lstat(path.c_str(), &what) == 0 && !S_ISLNK(what.st_mode)) act(path.c_str(), what);
  };
  visit(top);
  std::error_code error;
  for (fs::recursive_directory_iterator at(top, error), end; !error && at != end;
       at.increment(error)) {
    visit(at->path());
  }
}

void chown_all(const fs::path& top, uid_t user, gid_t group) {
  for_all(top, [&](const char* path, const struct stat& what) {
    // A file with a second name may be somebody's elsewhere.
    if (!S_ISDIR(what.st_mode) && what.st_nlink > 1) return;
    if (what.st_uid == user && what.st_gid == group) return;
    if (::lchown(path, user, group) != 0) return;
    ::chmod(path,
            (what.st_mode & 01777U) | S_IRUSR | S_IWUSR | (S_ISDIR(what.st_mode) ? S_IXUSR : 0U));
  });
}

}  // namespace

bool may_change_user() {
  static const bool may = [] {
    if (::geteuid() != 0) return false;
    const pid_t child = ::fork();
    if (child == 0) {
      const bool done = ::syscall(SYS_setgroups, 0, nullptr) == 0 &&
                        ::syscall(SYS_setresgid, the_group, the_group, the_group) == 0 &&
                        ::syscall(SYS_setresuid, last_user, last_user, last_user) == 0;
      ::_exit(done ? 0 : 1);
    }
    int status = 1;
    while (child > 0 && ::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return child > 0 && status == 0;
  }();
  return may;
}

bool is_other_user(uid_t user) { return user >= first_user && user <= last_user; }

OtherUser::OtherUser() : user_(choose_user()) {}

OtherUser::~OtherUser() {
  for (const Given& given : given_) chown_all(given.folder, given.user, given.group);
  const std::lock_guard lock(mutex);
  users_taken().erase(user_);
}

gid_t OtherUser::group() { return the_group; }

void OtherUser::give(const std::string& folder) {
  struct stat what {};
  if (::stat(folder.c_str(), &what) != 0) return;
  given_.push_back({folder, what.st_uid, what.st_gid});
  chown_all(folder, user_, the_group);
}

void OtherUser::show(const std::string& path) {
  std::error_code error;
  const fs::path real = fs::canonical(path, error);
  if (error || !in_temporary_folder(real)) return;
  for_all(real, [](const char* name, const struct stat& what) {
    const mode_t needed =
        S_ISDIR(what.st_mode) || (what.st_mode & S_IXUSR) != 0 ? S_IRGRP | S_IXGRP : S_IRGRP;
    const bool open_to_all = (what.st_mode & (needed >> 3)) == needed >> 3;
    const bool open_to_group = what.st_gid == the_group && (what.st_mode & needed) == needed;
    if (open_to_all || open_to_group || what.st_uid != ::geteuid()) return;
    if (!S_ISDIR(what.st_mode) && what.st_nlink > 1) return;
    if (::lchown(name, what.st_uid, the_group) == 0) {
      ::chmod(name, (what.st_mode & 01777U & ~(S_IRWXG & ~needed)) | needed);
    }
  });
}

std::string OtherUser::lead_to(const std::string& path) const {
  std::error_code error;
  const fs::path real = fs::canonical(path, error);
  if (error) return "";
  fs::path folder;
  for (const fs::path& part : real.parent_path()) {
    folder /= part;
    struct stat what {};
    if (::stat(folder.c_str(), &what) != 0 || (what.st_mode & S_IXOTH) != 0) continue;
    if (what.st_gid == the_group && (what.st_mode & S_IXGRP) != 0) continue;
    if (what.st_uid == user_) continue;
    if (!in_temporary_folder(folder) || what.st_uid != ::geteuid()) return folder.string();
    if (::lchown(folder.c_str(), what.st_uid, the_group) != 0) return folder.string();
    ::chmod(folder.c_str(), (what.st_mode & 01707U) | S_IXGRP);
  }
  return "";
}

}  // namespace attn::grading
