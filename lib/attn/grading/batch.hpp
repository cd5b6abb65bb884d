/// Grading submissions that nobody trusts, one or many.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "attn/grading/assignment.hpp"
#include "attn/grading/evidence.hpp"
#include "attn/grading/harness.hpp"
#include "attn/grading/process/sandbox.hpp"
#include "attn/grading/report/result.hpp"
#include "attn/grading/submission.hpp"

namespace attn::grading {

/// A chapter with the cases that it is graded on.
struct Graded {
  Assignment assignment;  ///< without the steps that no case reaches
  std::vector<Case> cases;
};

/// How submissions are run.
struct Conduct {
  Guard guard = Guard::bubblewrap;
  /// Empty: a submission's C++ sources are built. Else a program of another language, word by word,
  /// run in the submission's folder; {config} stands for the config.
  std::vector<std::string> command;
  Limits compiling{.wall_seconds = 60, .cpu_seconds = 60};
  Limits running{.wall_seconds = 10, .cpu_seconds = 10, .output_bytes = 16 << 20};
};

/// The prefix of the folders in which submissions are built and run: remove_left_folders().
inline constexpr const char* workplace_folder = "attn-grade";

inline constexpr std::uintmax_t largest_config = std::uintmax_t{16} << 20;

/// Grades the reference as if it were a submission, with these cases, on this machine.
/// \return "" if it gets all points; else what is the matter, so that nothing can be graded
std::string prove(const Harness& harness, const AnswerKey& key, const std::vector<Graded>& chapters,
                  const Conduct& conduct);

/// Grades a submission. Whatever it does, there is a result.
/// \param harness not asked for another language
SubmissionResult grade_submission(const Harness* harness, const AnswerKey& key,
                                  const std::vector<Graded>& chapters, const Conduct& conduct,
                                  const Submission& submission);

/// What the result depends on: the files that would be used, the cases, the answer key.
std::string submission_key(const Harness* harness, const AnswerKey& key,
                           const std::vector<Graded>& chapters, const Conduct& conduct,
                           const Submission& submission);

}  // namespace attn::grading
