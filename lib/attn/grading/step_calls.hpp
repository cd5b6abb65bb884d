/// The calls that a grader puts into a submission's source, where they are not there: they change
/// nothing of what the steps compute.
#pragma once

#include <set>
#include <string>

namespace attn::grading {

/// With a call `exercise::done` after each step that has lost it, or never had it, as the library's
/// own source; found by how a step is written, `f.scores = …;`. The source itself if nothing is
/// missing, or found.
std::string with_ends_of_steps(const std::string& mechanism, const std::string& source);

/// With the code of these steps in a condition, `if (exercise::begins("scaled_dot.scores")) {…}`,
/// so that it can be left out: what stands between the step's comment, or the end of the one
/// before, and its own end. Lines stay where they are. A step whose place is not found stays as it
/// is.
std::string with_beginnings(const std::string& source, const std::set<std::string>& steps);

}  // namespace attn::grading
