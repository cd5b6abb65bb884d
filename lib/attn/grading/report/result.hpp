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

/// Words that are not ours, as they were said, whole: a report quotes them and says whose they are.
/// Nothing of them belongs into `problem`, `detail`, `notes` or the texts of a step.
struct Said {
  enum class Who { compiler, linker, program };
  Who who = Who::program;
  std::string about{};  ///< the file; or, in words of ours, when a program said it: "as it ends"
  std::string text{};
  /// May the student read it? A compiler has seen no hidden case. A program has, and can print it:
  /// unless it prints the same in every case, each run in a process of its own.
  bool for_student = false;
};

/// How a result's problem begins if it was not the submission's fault. Such a result is not a zero,
/// and is not remembered.
inline constexpr const char* not_graded = "not graded";

/// What became of one submission.
struct SubmissionResult {
  std::string name{};  ///< of its folder
  /// Why it could not be graded in full ("incomplete: there is no scale.cpp"); "" if all is well.
  /// In our own words, for student and teacher: never a number of a hidden case, nor its name.
  std::string problem{};
  std::string detail{};              ///< more of it for the teacher alone: "case 03: …"; or ""
  std::vector<std::string> notes{};  ///< for both: "scale.cpp is taken from scale-1.cpp"
  std::vector<Said> said{};
  std::vector<StepResult> steps{};
  double seconds = 0.0;
  /// What it was made from (a hash); a batch that goes on skips results whose key is the same.
  std::string key{};
  double points() const;
  double possible() const;
  bool was_graded() const { return !problem.starts_with(not_graded); }
};

}  // namespace attn::grading
