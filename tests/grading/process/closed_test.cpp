/// What submissions must not find is closed to the users that they become.
#include "attn/grading/process/closed.hpp"

#include <grp.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>

#include "attn/grading/process/other_user.hpp"
#include "attn/grading/process/own_folder.hpp"
#include "tests/grading/process/guards.hpp"
#include "tests/support/program.hpp"

using namespace attn::grading;
using namespace attn::test;

namespace {

/// Asked as such a user.
bool can_read(const OtherUser& user, const std::string& path) {
  const pid_t child = ::fork();
  if (child == 0) {
    const gid_t group = OtherUser::group();
    const bool became =
        ::setgroups(0, nullptr) == 0 && ::setgid(group) == 0 && ::setuid(user.user()) == 0;
    ::_exit(became && ::access(path.c_str(), R_OK) == 0 ? 0 : 1);
  }
  int status = 1;
  ::waitpid(child, &status, 0);
  return status == 0;
}

mode_t mode_of(const std::string& path) {
  struct stat what {};
  return ::stat(path.c_str(), &what) == 0 ? what.st_mode & 07777U : 0;
}

}  // namespace

TEST_CASE("closed: folders and files lose the rights of everybody, and no others", "[grading]") {
  const Folder folder;
  ::chmod(folder.path().c_str(), 0755);
  const std::string file = folder.file("answer.cpp", "42");
  const std::string inner = folder.path() / "cases";
  std::filesystem::create_directory(inner);
  const std::string hidden = folder.file("cases/one.yaml", "1");
  ::chmod(file.c_str(), 0664);
  ::chmod(inner.c_str(), 0755);
  ::chmod(hidden.c_str(), 0644);
  CHECK(close_to_others({file, inner, folder.path() / "is not there"}).empty());
  CHECK(mode_of(file) == 0660);
  CHECK(mode_of(inner) == 0750);
  CHECK(mode_of(hidden) == 0644);  // behind a closed door
  CHECK(close_to_others({hidden, file, inner}).empty());
  CHECK(mode_of(hidden) == 0644);
}

TEST_CASE("closed: what is somebody else's is named, with what its owner can do", "[grading]") {
  if (::geteuid() != 0) SKIP("only root can make a file somebody else's");
  const Folder folder;
  ::chmod(folder.path().c_str(), 0755);
  const std::string file = folder.file("answer.cpp", "42");
  ::chmod(file.c_str(), 0644);
  REQUIRE(::chown(file.c_str(), 12345, 12345) == 0);
  CHECK(close_to_others({file}) ==
        file + " is open to everybody; close it with `chmod o-rwx '" + file + "'`");
  CHECK(mode_of(file) == 0644);
}

TEST_CASE("closed: the users that programs become cannot read what was closed", "[grading]") {
  if (!may_change_user()) SKIP("only root runs programs as others");
  const Folder folder;
  ::chmod(folder.path().c_str(), 0755);
  const std::string file = folder.file("answer.cpp", "42");
  ::chmod(file.c_str(), 0644);
  const OtherUser user;
  REQUIRE(can_read(user, file));
  CHECK(close_to_others({file}).empty());
  CHECK_FALSE(can_read(user, file));
  OtherUser::show(file);  // as for a program that is given it
  REQUIRE(can_read(user, file));
  CHECK(close_to_others({file}).empty());
  CHECK_FALSE(can_read(user, file));
}

TEST_CASE("own folder: what a killed grader left is taken away, also what it had given away",
          "[grading]") {
  const std::string prefix = unique_word();
  const pid_t child = ::fork();
  if (child == 0) {
    // As after kill -9: nothing is cleaned.
    const auto* one = new OwnFolder(prefix);
    const auto* two = new OwnFolder(prefix);
    std::filesystem::create_directories(one->path() + "/deep/er");
    if (may_change_user()) {
      const OtherUser user;
      if (::chown(two->path().c_str(), user.user(), OtherUser::group()) != 0) ::_exit(1);
    }
    ::_exit(0);
  }
  int status = 1;
  ::waitpid(child, &status, 0);
  REQUIRE(status == 0);
  const OwnFolder alive(prefix);
  const auto count = [&] {
    int found = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator(std::filesystem::temp_directory_path())) {
      if (entry.path().filename().string().starts_with(prefix)) ++found;
    }
    return found;
  };
  CHECK(count() == 3);
  ::sleep(3);  // what is new may be somebody's who has not locked it yet
  remove_left_folders(prefix);
  CHECK(count() == 1);
  CHECK(std::filesystem::exists(alive.path()));
}
