/// A folder of submissions, as teachers and platforms make them.
#pragma once

#include <string>
#include <vector>

#include "attn/grading/submission.hpp"

namespace attn::grading {

struct Inbox {
  std::vector<Submission> submissions;  ///< by name, every name once
  std::vector<std::string> told;  ///< what is not graded, for standard error: "a.txt is no …"
};

/// A folder is a submission, and so is an archive, which is called by its name without the ending.
/// Loose files belong together where a platform has put the student into their names. What is
/// hidden, and any other file, is told. Where a folder and an archive have one name, the archive
/// keeps its ending.
/// \throws io::InputError if the folder cannot be read, or has no submission
Inbox submissions_in(const std::string& folder);

/// A single one: a folder, an archive or a source.
/// \throws io::InputError if it is none of these
Submission submission_at(const std::string& path);

/// For each name the name of its file in results, without ending: the name itself, unless that is
/// very long or some system would take it for the name of another in the list.
std::vector<std::string> file_names_of(const std::vector<std::string>& names);

}  // namespace attn::grading
