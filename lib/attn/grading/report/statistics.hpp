/// How a class did: what a teacher wants to see of a batch.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "attn/grading/report/marks.hpp"

namespace attn::grading {

struct StepStatistics {
  std::string step{};
  std::array<std::size_t, 4> marks{};  ///< how many of each Mark
  std::string mistake{};               ///< the commonest; of several the first in the alphabet
  std::size_t mistaken = 0;            ///< how many made it

  std::size_t count(Mark mark) const { return marks[static_cast<std::size_t>(mark)]; }
  std::size_t not_right() const { return count(Mark::wrong) + count(Mark::not_written); }
  std::size_t graded() const { return count(Mark::done) + count(Mark::carried) + not_right(); }
};

struct Statistics {
  std::size_t submissions = 0;
  std::size_t problems = 0;         ///< submissions that could not be graded in full
  double mean = 0.0, median = 0.0;  ///< points, of all submissions
  double possible = 0.0;  ///< of every submission that has steps; 0 if they differ in that
  std::vector<StepStatistics> steps;

  /// The step that most did not get right; the first of several, nullptr if all did.
  const StepStatistics* hardest() const;
};

Statistics statistics_of(std::span<const SubmissionResult> results);

}  // namespace attn::grading
