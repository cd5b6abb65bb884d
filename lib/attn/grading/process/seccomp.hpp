/// Which calls of the kernel a program may make.
#pragma once

#include <linux/filter.h>

#include <sys/types.h>

#include <cstddef>
#include <vector>

namespace attn::grading {

struct Calls {
  bool processes = false;  ///< fork, threads, and what is needed to talk with them
  /// Any signal to any process: for where it can reach only its own anyhow. Else signals to
  /// itself alone; and without processes none that nobody can catch, so that whoever was killed by
  /// such a one was killed from outside.
  bool signals = false;
  /// Change the mode, the times or the length of what it can name: for where it owns nothing but
  /// what it was given. Landlock does not hold these.
  bool attributes = true;
};

/// A filter for the processor that this is compiled for: what is not on a list is refused. Calls as
/// on another processor are deadly. What is forbidden fails with EPERM, so that the program can say
/// what it wanted; what is newer than the list with ENOSYS, so that a library takes the older way.
/// \throws std::runtime_error where calls cannot be held
std::vector<sock_filter> call_filter(const Calls& calls);

/// Stands in a filter for the number of the process itself, which is known only when it exists; no
/// process has it.
inline constexpr unsigned own_process = 0x7fffa77e;

/// Puts the number of the process into the filter. Safe to call after fork().
inline void set_own_process(sock_filter* filter, std::size_t size, pid_t pid) {
  for (std::size_t i = 0; i < size; ++i) {
    const bool compares = filter[i].code == (BPF_JMP | BPF_JEQ | BPF_K);
    if (compares && filter[i].k == own_process) filter[i].k = static_cast<unsigned>(pid);
  }
}

}  // namespace attn::grading
