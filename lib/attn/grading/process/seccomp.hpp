/// Which calls of the kernel a program may make.
#pragma once

#include <linux/filter.h>

#include <sys/types.h>

#include <cstddef>
#include <vector>

namespace attn::grading {

struct Calls {
  bool processes = false;  ///< fork, threads
  /// Any signal to any process: for where it can reach only its own anyhow.
  bool signals = false;
};

/// A filter for the processor that this is compiled for, x86-64 or 64-bit ARM; on others everything
/// is allowed. Calls as on another processor are deadly. What is forbidden fails with EPERM, so
/// that the program can say what it wanted.
std::vector<sock_filter> call_filter(const Calls& calls);

/// The process in whose filter signals to oneself are allowed is known only when it exists: puts
/// its number into the filter. Safe to call after fork().
void set_own_process(sock_filter* filter, std::size_t size, pid_t pid);

}  // namespace attn::grading
