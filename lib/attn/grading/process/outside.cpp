#include "attn/grading/process/outside.hpp"

#include <fmt/format.h>

#include <csignal>
#include <fstream>
#include <string>

namespace attn::grading {
namespace {

/// Of memory, for a program that needs some 20 MiB if it is right.
constexpr std::uint64_t much = std::uint64_t{256} << 20;

/// How many processes the kernel has ended on this machine because memory had run out.
std::uint64_t ended_for_memory() {
  std::ifstream file("/proc/vmstat");
  std::uint64_t count = 0;
  for (std::string name; file >> name >> count;) {
    if (name == "oom_kill") return count;
  }
  return 0;
}

}  // namespace

Outside::Outside() : ended_for_memory_(ended_for_memory()) {}

void Outside::blame(Ended& ended, bool may_kill_itself) const {
  const bool killed = ended.how == Ended::How::killed_by_signal && ended.status == SIGKILL;
  if (!killed || ended.from_outside || !ended.reason.empty()) return;
  ended.from_outside = !may_kill_itself;
  if (ended_for_memory() == ended_for_memory_) return;
  ended.from_outside = may_kill_itself || ended.peak_bytes <= much;
  ended.reason = ended.from_outside
                     ? "was ended by the system, which had no memory left"
                     : fmt::format("used {} MiB of memory, the last that the system had",
                                   ended.peak_bytes >> 20U);
}

}  // namespace attn::grading
