/// Grading a program on the cases of a chapter: it is run with the grader listening, and each step
/// is judged by what it computes from right numbers.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "attn/grading/evidence.hpp"
#include "attn/grading/live.hpp"

namespace attn::grading {

/// A submission could not be graded, and not because of what is in it: no space on the disk, no
/// memory for the compiler, a sandbox that does not start. That is nobody's zero.
struct MachineFault : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// \throws MachineFault if the machine was at fault in a run of a submission's program
void expect_no_machine_fault(const Ended& ended);

/// A program that is graded.
struct Examinee {
  LiveProgram program;
  /// All steps that are asked of it, in this chapter and in others: only their results are replaced
  /// by right ones.
  std::set<std::string> asked;
  /// Makes a case's config ready, and says where the program finds it.
  std::function<std::string(const Case&)> config;
  /// Starts it. \param hurried it has used up its time before, and gets less
  std::function<Ended(const Command&, const Case&, bool hurried)> start;
  /// The same program, built so that the code of these steps is not run when they are skipped; ""
  /// if there is none. Asked only of a program that stopped in a step.
  std::function<std::string(const std::set<std::string>& steps)> skipping;
  /// A step of which nothing is told, since its source has no calls that tell, and of which nothing
  /// is shown, is right where all that the chapter shows is. That is for practice: whoever leaves
  /// out what nothing needs would gain by it.
  bool by_effect = false;
};

/// The numbers of a known mistake ("scaled_dot.scores/2") for a result ("scaled_dot.scores#0"), all
/// before it being right; nothing if they are not known.
using MistakeNumbers = std::function<std::optional<trace::Tensor>(
    const Case&, const std::string& mistake, const std::string& event)>;

/// As the answer key computes them.
MistakeNumbers numbers_of(const AnswerKey& key, const Assignment& assignment);

/// How the program stopped in a step, the first time that it did.
struct Stop {
  std::string problem;  ///< in our words: "it was stopped by …", "an error ended it"
  std::string says;     ///< what the program says itself of it, or ""
  std::string in_case;
};

struct Examined {
  std::vector<Evidence> evidence;
  std::map<std::string, Stop> stopped;  ///< by step
  std::string problem;    ///< what stopped it first, in our words: "it was stopped by …"; or ""
  std::string in_case;    ///< where that was
  std::string its_words;  ///< what the program said itself of that, or ""
  std::vector<std::string> says;     ///< what it says itself of what stopped it, each time
  std::vector<std::string> printed;  ///< to its standard outputs, by case
  bool silent = false;               ///< it was ended before it could tell of any step
};

/// A result counts where the program first tells it. A step in which it stops (a crash, an
/// exception, no end) is wrong, and is left out from then on, so that those after it are judged.
/// \throws MachineFault if the machine is to blame for how a run ended
Examined examine(const Examinee& examinee, const Assignment& assignment,
                 const std::vector<Case>& cases, const MistakeNumbers& mistakes);

/// The ids of all steps.
std::set<std::string> steps_of(const std::vector<Assignment>& assignments);

/// The steps of the assignment that some case reaches, in the answer key.
std::set<std::string> steps_reached(const Assignment& assignment, const std::vector<Case>& cases);

}  // namespace attn::grading
