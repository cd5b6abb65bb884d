#include "attn/grading/process/left_file.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "attn/grading/process/descriptor.hpp"

namespace attn::grading {
namespace {

namespace fs = std::filesystem;

const char* kind_of(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFDIR:
      return "a folder";
    case S_IFLNK:
      return "a symbolic link";
    case S_IFIFO:
      return "a named pipe";
    case S_IFSOCK:
      return "a socket";
    default:
      return "a device";
  }
}

}  // namespace

std::string read_left_file(const std::string& folder, const std::string& name, std::uint64_t most) {
  const auto refuse = [&](const std::string& why) {
    throw io::InputError({(fs::path(folder) / name).string()}, why);
  };
  Descriptor place(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!place.valid()) refuse(std::strerror(errno));
  for (const fs::path& part : fs::path(name).parent_path()) {
    if (part == ".." || part.is_absolute()) refuse("it is outside of its folder");
    place = Descriptor(
        ::openat(place.get(), part.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!place.valid()) refuse(std::strerror(errno));
  }
  const std::string last = fs::path(name).filename();
  struct stat what {};
  if (::fstatat(place.get(), last.c_str(), &what, AT_SYMLINK_NOFOLLOW) != 0) {
    refuse(std::strerror(errno));
  }
  if (!S_ISREG(what.st_mode)) {
    refuse(fmt::format("it is {}, expected a file", kind_of(what.st_mode)));
  }
  const Descriptor file(::openat(place.get(), last.c_str(),
                                 O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!file.valid()) refuse(std::strerror(errno));
  std::string text;
  char buffer[65536];
  for (;;) {
    const ssize_t got = ::read(file.get(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) refuse(std::strerror(errno));
    if (got == 0) return text;
    text.append(buffer, static_cast<std::size_t>(got));
    if (text.size() > most) refuse(fmt::format("it has more than {} bytes", most));
  }
}

}  // namespace attn::grading
