#include "attn/io/output.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>

#include "tests/io/temporary_folder.hpp"

namespace attn::io::test {
namespace {

namespace fs = std::filesystem;

std::size_t files_in(const std::string& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), {}));
}

TEST_CASE("write_file: a new file is made, and an old one is replaced with its rights kept",
          "[output]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.txt");
  write_file(path, "one\n");
  CHECK(bytes_of(path) == "one\n");
  fs::permissions(path, fs::perms{0640});
  write_file(path, std::string("two\0", 4));
  CHECK(bytes_of(path) == std::string("two\0", 4));
  CHECK(fs::status(path).permissions() == fs::perms{0640});
  CHECK(files_in(folder.file("")) == 1);
}

TEST_CASE("write_file: a link stays a link, and what it leads to is replaced", "[output]") {
  const TemporaryFolder folder;
  folder.write("real.txt", "old");
  fs::create_symlink("real.txt", folder.file("link.txt"));
  write_file(folder.file("link.txt"), "new");
  CHECK(fs::is_symlink(folder.file("link.txt")));
  CHECK(bytes_of(folder.file("real.txt")) == "new");
}

TEST_CASE("write_file: devices and pipes are written to directly", "[output]") {
  write_file("/dev/null", "gone");
  CHECK(fs::is_character_file("/dev/null"));
  const TemporaryFolder folder;
  const std::string pipe = folder.file("pipe");
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK);
  REQUIRE(reader >= 0);
  write_file(pipe, "through");
  std::string read(16, '\0');
  const ssize_t count = ::read(reader, read.data(), read.size());
  ::close(reader);
  REQUIRE(count >= 0);
  CHECK(read.substr(0, static_cast<std::size_t>(count)) == "through");
  CHECK(fs::is_fifo(pipe));
}

TEST_CASE("write_file: a pipe that nobody reads is an error, not a wait without end",
          "[output][errors]") {
  const TemporaryFolder folder;
  const std::string pipe = folder.file("pipe");
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(fault_of([&] { write_file(pipe, "x"); }, folder.file("")) ==
        "pipe: cannot be written: nobody reads this pipe");
}

TEST_CASE("write_file: what cannot be written is named, and leaves nothing behind",
          "[output][errors]") {
  const TemporaryFolder folder;
  const auto fault = [&](const std::string& name) {
    return fault_of([&] { write_file(folder.file(name), "x"); }, folder.file(""));
  };
  CHECK(fault("") == ": cannot be written: it is a folder");
  CHECK(fault("no/a.txt") == "no/a.txt: cannot be written: there is no folder no");
  folder.write("file", "x");
  CHECK(fault("file/a.txt") == "file/a.txt: cannot be written: there is no folder file");
  CHECK(fault(std::string(300, 'a')).ends_with("cannot be written: File name too long"));
  CHECK(fault_of([] { write_file("", "x"); }) == "--out: the name of the file is empty");
  CHECK(files_in(folder.file("")) == 1);
}

TEST_CASE("write_file: a full disk is the machine's fault, and not that of whoever named the file",
          "[output][errors]") {
  try {
    write_file("/dev/full", "x");
    FAIL("it is written");
  } catch (const InputError&) {
    FAIL("the name is refused");
  } catch (const std::runtime_error& error) {
    CHECK(std::string(error.what()) == "/dev/full: cannot be written: No space left on device");
  }
}

TEST_CASE("write_file: a folder without the right to write keeps its old file",
          "[output][errors]") {
  if (::geteuid() == 0) SKIP("root may write everywhere");
  const TemporaryFolder folder;
  folder.write("a.txt", "old");
  fs::permissions(folder.file(""), fs::perms{0500});
  CHECK(fault_of([&] { write_file(folder.file("a.txt"), "new"); }, folder.file("")) ==
        "a.txt: cannot be written: Permission denied");
  CHECK(bytes_of(folder.file("a.txt")) == "old");
  fs::permissions(folder.file(""), fs::perms{0700});
}

}  // namespace
}  // namespace attn::io::test
