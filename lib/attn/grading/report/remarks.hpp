/// All that is to be said of a submission beside its steps, for the teacher.
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

/// For below the table: the remarks of each submission that has some, under its name.
std::string text_remarks(std::span<const SubmissionResult> results, std::size_t most_lines);

}  // namespace attn::grading
