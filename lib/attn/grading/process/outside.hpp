/// Whether a program was killed by itself or from outside, as far as that can be known.
#pragma once

#include <cstdint>

#include "attn/grading/process/process.hpp"

namespace attn::grading {

/// Made before a program starts.
class Outside {
 public:
  Outside();
  /// \param ended_for_memory how many processes had been ended for want of memory before
  explicit Outside(std::uint64_t ended_for_memory) : ended_for_memory_(ended_for_memory) {}

  /// Sets `from_outside` of a program that was killed by SIGKILL without a reason: where the system
  /// has ended processes for want of memory since, or where it could not have done so itself. But
  /// one that starts no others, as a submission's, and had a good part of the memory, took it away
  /// from the machine.
  void blame(Ended& ended, bool may_kill_itself) const;

 private:
  std::uint64_t ended_for_memory_;
};

}  // namespace attn::grading
