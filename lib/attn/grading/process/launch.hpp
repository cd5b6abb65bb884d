/// Our side of running a program: prepares everything, starts the keeper, reads the outputs.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "attn/grading/process/keeper.hpp"
#include "attn/grading/process/process.hpp"

namespace attn::grading {

/// What run() and the guards have in common.
struct Launch {
  Command command;
  Limits limits;
  Confinement confinement;
  std::uint64_t process_limit = 0;      ///< RLIMIT_NPROC; 0: none
  std::uint64_t further_processes = 0;  ///< those of the sandbox itself
  bool may_kill_itself = false;         ///< or one of its processes another of them
  bool watcher_is_safe = false;         ///< the program cannot signal its keeper
  int tell = -1;  ///< what is written here, the sandbox makes known to the program as SIGTERM
  /// Called several times a second; what it returns, unless "", ends the program.
  std::function<std::string()> watch = {};
};

Ended launch(const Launch& launch);

/// How a program ended, as waitpid() has it.
void set_status(Ended& ended, int status);

/// Whoever was killed for having used more of the processor than it may is out of time.
void blame_the_processor(Ended& ended, const Limits& limits);

/// How::not_started, and why.
Ended not_started(std::string reason);

}  // namespace attn::grading
