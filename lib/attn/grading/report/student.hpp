/// What a student may read of a result.
#pragma once

#include <string>

#include "attn/grading/report/result.hpp"

namespace attn::grading {

/// The step's message, or in its absence what its verdict means. Visible text, maybe of many lines.
std::string student_message(const StepResult& step);

/// A sentence with the reason why it was not graded in full, on one line: with the first error of
/// the compiler, quoted. Empty if there is no problem.
std::string student_problem(const SubmissionResult& result);

/// All that is to be said of the submission as a whole, in several lines: the problem, the notes,
/// and what a compiler said, or a program in words that the student may read. Empty if nothing is.
std::string student_text(const SubmissionResult& result);

/// A page for the student: the points, student_text(), and each step with its message. In UTF-8,
/// without a number of a hidden case.
std::string student_page(const SubmissionResult& result);

}  // namespace attn::grading
