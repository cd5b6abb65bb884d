/// A run that is watched step by step: what grading runs, as a process of its own.
#pragma once

#include <string>
#include <vector>

#include "attn/trace/trace.hpp"

namespace attn::cli {

/// `attn replay CONFIG`
struct Replay {
  std::string config;
  std::string mistake;  ///< the known mistake to run in place of its step, or ""

  // Of the answer key, whose results are printed:
  std::string given;         ///< the trace of another replay of the same config, or ""
  bool events_only = false;  ///< without the chapter's own steps

  // Of a program that is graded, which tells its results to the grader one by one:
  int results = -1;                  ///< descriptors; -1: print
  int answers = -1;                  ///< what takes the place of each result: grading/wire.hpp
  std::vector<std::string> skipped;  ///< steps whose code is not run
};

/// Runs the chapter, gradients included, and reports the result of each step of an exercise, in the
/// order in which they end: "scaled_dot.scores#0", with #1 for the second time that the step is
/// run. Only sources that `attn handout` has written report their steps.
///
/// Printed, it is a trace as JSON whose last step is called `events` and has these results. With
/// `given`, each step starts from the results that those before it have there, not from what they
/// computed themselves.
/// \return 0, or 2 if the run stopped early: standard error, or the grader, is told why
int replay(const Replay& replay);

}  // namespace attn::cli
