/// What the reports ask of results: what a step counts as, and which steps a batch has.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "attn/grading/report/result.hpp"

namespace attn::grading {

/// A verdict, with steps that were carried apart from the others.
enum class Mark { done, carried, wrong, not_written };
inline constexpr Mark all_marks[] = {Mark::done, Mark::carried, Mark::wrong, Mark::not_written};

Mark mark_of(const StepResult& step);
/// "✓", "~", "✗", "·".
const char* sign(Mark mark);
/// "done", "carried", "wrong", "not written".
const char* name(Mark mark);
/// Done or carried.
bool right(const StepResult& step);

/// The steps of all submissions by name, in the order in which they are first met. Within a
/// submission each has a name of its own.
std::vector<std::string> step_names(std::span<const SubmissionResult> results);

/// For each name the submission's step, or nullptr: one that could not be built has none.
std::vector<const StepResult*> steps_by_name(const SubmissionResult& result,
                                             const std::vector<std::string>& names);

/// The known mistakes of a submission, each once, in the order of its steps.
std::vector<std::string> mistake_names(const SubmissionResult& result);

/// A number of points, without the noise that sums of fractions have: "0.3", "12".
std::string points_text(double points);

}  // namespace attn::grading
