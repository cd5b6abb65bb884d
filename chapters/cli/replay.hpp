/// A run that is watched step by step: what grading runs, as a process of its own.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "attn/trace/trace.hpp"

namespace attn::cli {

/// `attn replay CONFIG`
struct Replay {
  std::string config;
  std::string given;         ///< the trace of another replay of the same config, or ""
  std::string mistake;       ///< the known mistake to run in place of its step, or ""
  bool events_only = false;  ///< without the chapter's own steps
};

/// Prints the run's trace, gradients included, as JSON. Its last step is called `events` and has
/// the result of each step of an exercise, in the order in which they ended: "scaled_dot.scores#0",
/// with #1 for the second time that the step was run. Only sources that `attn handout` has written
/// report their steps.
///
/// With `given`, each step starts from the results that those before it have there, not from what
/// they computed themselves.
/// \return 0, or 2 if the run stopped early: standard error then says why. Also a run that crashes
/// tells the results so far; with 124 it has used up its processor time.
int replay(const Replay& replay);

}  // namespace attn::cli
