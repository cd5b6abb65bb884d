#include "attn/io/output.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <string_view>
#include <thread>

namespace attn::io {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
  throw InputError({path}, "cannot be written: " + why);
}

/// A full or broken disk is no fault of whoever named the file.
[[noreturn]] void refuse(const std::string& path, int error) {
  const bool of_the_machine =
      error == ENOSPC || error == EDQUOT || error == EIO || error == ENFILE || error == ENOMEM;
  if (of_the_machine)
    throw std::runtime_error(path + ": cannot be written: " + std::strerror(error));
  refuse(path, std::string(std::strerror(error)));
}

/// 0, or the error.
int write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

/// Opens what is no regular file, without blocking: a named pipe that nobody comes to read within
/// two seconds is an error, not a wait without end.
int open_for_writing(const std::string& path) {
  using namespace std::chrono_literals;
  for (int attempt = 0; attempt < 40; ++attempt) {
    // Appending: /dev/stdout may be a file that others have written to.
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NONBLOCK);
    if (descriptor >= 0) return descriptor;
    if (errno != ENXIO) refuse(path, errno);
    std::this_thread::sleep_for(50ms);
  }
  refuse(path, "nobody reads this pipe");
}

void write_directly(const std::string& path, const std::string& text) {
  const int descriptor = open_for_writing(path);
  ::fcntl(descriptor, F_SETFL, O_WRONLY | O_APPEND);
  const int error = write_all(descriptor, text);
  ::close(descriptor);
  if (error != 0) refuse(path, error);
}

/// The rights of the old file, or what a new file gets.
mode_t mode_for(const fs::path& target) {
  struct stat old {};
  if (::stat(target.c_str(), &old) == 0) return old.st_mode & 07777U;
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return 0666U & ~mask;
}

void replace(const std::string& path, const fs::path& target, const std::string& text) {
  std::string temporary = target.string() + ".XXXXXX";
  const mode_t mode = mode_for(target);
  const int descriptor = ::mkstemp(temporary.data());
  if (descriptor < 0) refuse(path, errno);
  int error = write_all(descriptor, text);
  if (error == 0 && ::fchmod(descriptor, mode) != 0) error = errno;
  if (::close(descriptor) != 0 && error == 0) error = errno;
  if (error == 0 && ::rename(temporary.c_str(), target.c_str()) != 0) error = errno;
  if (error != 0) {
    ::unlink(temporary.c_str());
    refuse(path, error);
  }
}

}  // namespace

void write_file(const std::string& path, const std::string& text) {
  if (path.empty()) throw InputError({"--out"}, "the name of the file is empty");
  if (path.find('\0') != std::string::npos) refuse(path, "its name has a NUL byte");
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::directory) refuse(path, "it is a folder");
  const bool exists = fs::exists(status);
  const bool device = path.starts_with("/dev/") || path.starts_with("/proc/");
  if (exists && (device || status.type() != fs::file_type::regular)) {
    return write_directly(path, text);
  }
  const fs::path target = exists ? fs::canonical(path, error) : fs::path(path);
  const fs::path folder = target.has_parent_path() ? target.parent_path() : fs::path(".");
  if (!fs::is_directory(folder, error)) refuse(path, "there is no folder " + folder.string());
  if (exists && ::access(target.c_str(), W_OK) != 0) refuse(path, errno);
  replace(path, target, text);
}

}  // namespace attn::io
