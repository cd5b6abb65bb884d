/// A run of a program that is graded, with the grader listening.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "attn/grading/process/process.hpp"
#include "attn/trace/trace.hpp"

namespace attn::grading {

/// How a program is started: in a sandbox, or as a process of our own.
using Start = std::function<Ended(const Command&)>;

/// What a program made of a case.
struct LiveRun {
  std::vector<trace::Tensor>
      results;            ///< "scaled_dot.scores#0", …, in the order in which they came
  trace::Trace shown;     ///< what the chapter shows, as far as it came
  bool finished = false;  ///< it came to its end, and nothing stopped it
  bool out_of_time = false;
  std::string problem;  ///< what stopped it, in our words; or ""
  std::string says;     ///< what it says of that itself, an exception's text; or ""
  std::string printed;  ///< to its standard output and error
  Ended ended;          ///< without its outputs
};

/// What to run.
struct LiveProgram {
  std::string path;
  std::string mistake{};  ///< a known mistake that it is to make, or ""
};

/// What a program is answered.
struct LiveAnswers {
  const std::vector<trace::Tensor>&
      right;  ///< "scaled_dot.scores#0", …, as the reference tells them
  std::function<bool(const trace::Tensor&)> is_asked;  ///< is it a result of a step that is judged?
};

/// Runs `path replay CONFIG`, and answers each result that is asked with the right one of the same
/// name and time, so that every step starts from right numbers. What is not asked stays: a step may
/// use it otherwise than the reference does. The program learns a right result only after it has
/// told its own, and all that is asked before it in the reference's order; what it told first
/// counts.
/// \param skipped steps whose code is not to be run
/// \param most_bytes of results; whoever tells more is not listened to any longer
LiveRun run_live(const LiveProgram& program, const std::string& config, const LiveAnswers& answers,
                 const std::vector<std::string>& skipped, std::uint64_t most_bytes,
                 const Start& start);

}  // namespace attn::grading
