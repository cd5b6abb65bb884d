#include "attn/io/source.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "attn/io/fault.hpp"
#include "attn/io/files.hpp"

namespace attn::io {
namespace {

namespace fs = std::filesystem;

/// A descriptor that closes itself.
struct Opened {
  explicit Opened(int descriptor) : number(descriptor) {}
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;
  ~Opened() {
    if (number >= 0) ::close(number);
  }
  bool is_open() const { return number >= 0; }

  const int number;
};

/// What a shell hands over by number: `-`, and the /dev/fd/63 of `<(command)`. It is open already,
/// and whoever writes to it takes the time that it needs.
bool is_handed_over(const std::string& path) {
  return path == "-" || path == "/dev/stdin" || path.starts_with("/dev/fd/") ||
         path.starts_with("/proc/self/fd/");
}

/// A descriptor, or -1: of a pipe that somebody writes to. One with a name that nobody opens within
/// two seconds is an error and not a wait without end.
int open_pipe(const std::string& path) {
  if (path == "-") return ::dup(STDIN_FILENO);
  if (is_handed_over(path)) return ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const int pipe = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (pipe < 0) return pipe;
  pollfd watched{pipe, POLLIN, 0};
  if (::poll(&watched, 1, 2000) == 0) {
    ::close(pipe);
    throw InputError({path}, "nobody writes to this pipe");
  }
  ::fcntl(pipe, F_SETFL, O_RDONLY);
  return pipe;
}

std::string read_to_the_end(const Opened& from, const std::string& name, std::uintmax_t most) {
  std::string text;
  char buffer[65536];
  for (;;) {
    const ssize_t got = ::read(from.number, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw InputError({name}, std::string("cannot be read: ") + std::strerror(errno));
    if (got == 0) return text;
    text.append(buffer, static_cast<std::size_t>(got));
    if (text.size() > most)
      throw InputError({name}, "has more than the limit of " + std::to_string(most >> 20) + " MiB");
  }
}

}  // namespace

Source read_source(const std::string& path) {
  constexpr std::uintmax_t largest = std::uintmax_t{16} << 20;
  std::error_code error;
  const bool pipe = fs::status(path, error).type() == fs::file_type::fifo;
  if (path != "-" && !pipe && !(is_handed_over(path) && fs::exists(path, error)))
    return {path, read_file(path, largest)};
  const Opened from(open_pipe(path));
  const std::string name = path == "-" ? "standard input" : path;
  if (!from.is_open())
    throw InputError({name}, std::string("cannot be read: ") + std::strerror(errno));
  return {name, read_to_the_end(from, name, largest)};
}

}  // namespace attn::io
