/// The processes that come from a process, as /proc has them. Safe to call after fork().
#pragma once

#include <sys/types.h>

#include <cstddef>

namespace attn::grading {

struct Relative {
  pid_t pid, parent;
  bool found;
  long pages;  ///< of memory that it occupies
  long ticks;  ///< of the processor, used by it and by its children that have ended
};

/// Memory for a search, made before the fork.
struct FamilyTree {
  Relative* entries;
  std::size_t capacity;
  std::size_t size = 0;
};

struct Family {
  std::size_t count = 0;
  long pages = 0;  ///< what several of them share counts several times
  long ticks = 0;
};

/// Reads which processes there are, and marks as `found` those that descend from `ancestor`,
/// itself excluded; zombies count.
///
/// The file .../children would be quicker, but not every kernel has it.
Family find_descendants(pid_t ancestor, FamilyTree& tree);

/// How many seconds those that were found have waited for a processor, all together; 0 where the
/// kernel does not count that.
double waited_for_processor(const FamilyTree& tree);

}  // namespace attn::grading
