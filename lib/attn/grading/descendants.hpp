/// The processes that come from a process, as /proc has them. Safe to call after fork().
#pragma once

#include <sys/types.h>

#include <cstddef>

namespace attn::grading {

struct Relative {
  pid_t pid, parent;
  bool found;
};

/// Memory for a search, made before the fork.
struct FamilyTree {
  Relative* entries;
  std::size_t capacity;
  std::size_t size = 0;
};

/// Reads which processes there are, and marks as `found` those that descend from `ancestor`,
/// itself excluded; zombies count. Returns how many.
///
/// The file .../children would be quicker, but not every kernel has it.
std::size_t find_descendants(pid_t ancestor, FamilyTree& tree);

}  // namespace attn::grading
