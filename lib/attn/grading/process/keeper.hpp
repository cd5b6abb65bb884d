/// The process between us and a program: it starts the program, and ends all that came of it.
///
/// It is the one to which orphans are given (PR_SET_CHILD_SUBREAPER), which we cannot be ourselves:
/// that would concern the whole of our process, in which other threads run other programs. All of
/// this runs after fork() in a process that had threads, so it only makes system calls.
#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <cstddef>
#include <cstdint>

#include "attn/grading/process/descendants.hpp"

struct sock_fprog;

namespace attn::grading {

struct ResourceLimit {
  int resource;
  rlim_t soft, hard;
};

/// What the program does to itself before it begins.
struct Confinement {
  bool no_new_privileges = true;
  bool change_user = false;
  uid_t user = 0;
  gid_t group = 0;
  int landlock = -1;              ///< a ruleset
  sock_fprog* seccomp = nullptr;  ///< the filter
};

/// All prepared before the fork. Descriptors are 10 or above.
struct Task {
  const char* program;  ///< its path, absolute or with respect to `folder`
  char* const* argv;
  char* const* environment;
  const char* folder;  ///< nullptr: where we are
  int in, out, err;
  const int* passed;  ///< further descriptors which the program keeps
  std::size_t passed_count;
  const ResourceLimit* limits;
  std::size_t limit_count;
  Confinement confinement;
  std::uint64_t most_processes;
  std::uint64_t most_pages;  ///< of memory, all together; 0: no limit
  std::uint64_t most_ticks;  ///< of the processor, all together
  double ticks_per_second;
  FamilyTree family;
  int report;   ///< the keeper writes Reports to it
  int command;  ///< a byte: have them told that their time is over; closed: end everything
};

/// The step in which the kernel takes the program's file.
inline constexpr const char* step_of_program = "the program";

/// What the keeper tells. The pipe's end says that nothing is left.
struct Report {
  enum class Kind : int {
    not_started,
    ended,
    too_many_processes,
    too_much_memory,
    too_much_processor,
    waited,  ///< for a processor that others used
    used,
  };
  Kind kind;
  int value;            ///< not_started: errno; ended: as of waitpid()
  char step[24];        ///< not_started: what failed
  double seconds;       ///< used: of the processor, by all together; waited: until now
  std::uint64_t bytes;  ///< used: of memory, by the largest
};

[[noreturn]] void keep(Task& task);

}  // namespace attn::grading
