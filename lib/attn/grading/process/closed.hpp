/// Answers that a submission must not find.
#pragma once

#include <string>
#include <vector>

#include "attn/grading/process/sandbox.hpp"

namespace attn::grading {

/// Whether under this guard a program sees of our files only what it is given, wherever they are.
bool hides_files(Guard guard);

/// Whether under this guard a program can do to our files what we can: nothing closes them to it.
bool runs_as_ourselves(Guard guard);

/// Sees to it that the users that programs become cannot enter these folders and cannot read these
/// files, where the guard does not hide them by itself: takes from what is our own the rights that
/// everybody has. These stay away, so nothing depends on being given back, whoever is killed; its
/// owner and group keep theirs. What is not there is closed.
///
/// Returns "" or, in a clause for people, what lies open and can only be closed by its owner.
std::string close_to_others(Guard guard, const std::vector<std::string>& paths);

/// The same, whatever the guard hides.
std::string close_to_others(const std::vector<std::string>& paths);

}  // namespace attn::grading
