#include "attn/grading/process/left_file.hpp"

#include <sys/stat.h>

#include <catch2/catch_test_macros.hpp>

#include "tests/support/program.hpp"

using attn::grading::read_left_file;

namespace {

/// What is wrong, without the name of the file.
std::string fault(const attn::test::Folder& folder, const std::string& name) {
  try {
    read_left_file(folder.path(), name, 100);
  } catch (const attn::io::InputError& error) {
    return error.faults().front().message;
  }
  return "";
}

}  // namespace

TEST_CASE("left file: a file of moderate size is read", "[grading]") {
  const attn::test::Folder folder;
  folder.file("trace.json", std::string("{\0}", 3));
  CHECK(read_left_file(folder.path(), "trace.json", 3) == std::string("{\0}", 3));
  std::filesystem::create_directory(folder.path() / "in");
  folder.file("in/trace.json", "{}");
  CHECK(read_left_file(folder.path(), "in/trace.json", 3) == "{}");
}

TEST_CASE("left file: links, pipes, folders and what is too big are refused", "[grading]") {
  const attn::test::Folder folder, other;
  const std::string secret = other.file("secret", "hunter2");
  std::filesystem::create_symlink(secret, folder.path() / "link");
  std::filesystem::create_symlink(other.path(), folder.path() / "door");
  REQUIRE(::mkfifo((folder.path() / "pipe").c_str(), 0600) == 0);
  folder.file("big", std::string(101, 'x'));
  CHECK(fault(folder, "link") == "it is a symbolic link, expected a file");
  CHECK(fault(folder, "pipe") == "it is a named pipe, expected a file");
  CHECK(fault(folder, ".") == "it is a folder, expected a file");
  CHECK(fault(folder, "door/secret") == "Not a directory");
  CHECK(fault(folder, "../" + other.path().filename().string() + "/secret") ==
        "it is outside of its folder");
  CHECK(fault(folder, secret) == "it is outside of its folder");
  CHECK(fault(folder, "big") == "it has more than 100 bytes");
  CHECK(fault(folder, "none") == "No such file or directory");
}
