/// What grading found out: the results that a grader makes and the reports write.
#pragma once

#include <string>
#include <vector>

namespace attn::grading {

enum class Verdict { done, wrong, not_written };

/// What became of one step of an assignment.
struct StepResult {
  std::string step{};  ///< "scaled_dot.scores": mechanism and field
  Verdict verdict = Verdict::not_written;
  bool carried = false;  ///< right for the submission's own wrong inputs: earns its points
  double points = 0.0, possible = 0.0;
  std::string mistake{};  ///< the known mistake that the numbers show, by name; or ""
  std::string message{};  ///< for the student: never a number of a hidden case
  std::string detail{};   ///< for the teacher: case, cell, expected, got
};

/// What became of one submission.
struct SubmissionResult {
  std::string name{};  ///< of its folder
  /// Why it could not be graded in full ("does not compile: …"); "" if all is well.
  std::string problem{};
  std::vector<StepResult> steps{};
  double seconds = 0.0;
  /// What it was made from (a hash); a batch that goes on skips results whose key is the same.
  std::string key{};
  double points() const;
  double possible() const;
};

}  // namespace attn::grading
