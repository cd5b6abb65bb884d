/// A file descriptor that closes itself.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

namespace attn::grading {

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }

  int get() const { return number_; }
  bool valid() const { return number_ >= 0; }
  void close() {
    if (number_ >= 0) ::close(number_);
    number_ = -1;
  }

 private:
  int number_ = -1;
};

/// The same, numbered 10 or above: out of the way of the three that every program has.
/// \throws std::system_error if `number` is none.
inline Descriptor out_of_the_way(int number, const char* what) {
  const Descriptor first(number);
  if (!first.valid()) throw std::system_error(errno, std::generic_category(), what);
  Descriptor moved(::fcntl(first.get(), F_DUPFD_CLOEXEC, 10));
  if (!moved.valid()) throw std::system_error(errno, std::generic_category(), what);
  return moved;
}

struct Pipe {
  Descriptor read, write;
};

/// Neither end is inherited by programs.
/// \throws std::system_error
inline Pipe make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    throw std::system_error(errno, std::generic_category(), "a pipe");
  }
  Descriptor write(ends[1]);
  Pipe pipe;
  pipe.read = out_of_the_way(ends[0], "a pipe");
  pipe.write = out_of_the_way(::dup(write.get()), "a pipe");
  return pipe;
}

}  // namespace attn::grading
