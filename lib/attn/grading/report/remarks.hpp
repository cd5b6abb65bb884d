/// What is to be said of a submission, for the teacher.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "attn/grading/report/result.hpp"

namespace attn::grading {

/// Problem and detail, each note on a line, then the words of compilers and programs, quoted, each
/// with at most so many lines. Visible text; empty if there is nothing to say.
std::string remarks_of(const SubmissionResult& result, std::size_t most_lines);

/// In one line: the problem, with the first error of a compiler; the notes.
std::string remarks_in_a_line(const SubmissionResult& result);

/// The steps without all their points, each with what its student reads and then the cell that is
/// wrong; those in succession of which the same is to be said, together. Lines of visible text.
std::string lost_points(const SubmissionResult& result);

/// For below the table: under the name of each submission its remarks and its lost points, if it
/// has any.
std::string text_remarks(std::span<const SubmissionResult> results, std::size_t most_lines);

}  // namespace attn::grading
