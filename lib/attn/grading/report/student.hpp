/// What a student may read of a result.
#pragma once

#include <string>

#include "attn/grading/report/result.hpp"

namespace attn::grading {

/// The step's message, or in its absence what its verdict means. Visible text, maybe of many lines.
std::string student_message(const StepResult& step);

/// A sentence with what stands before the first colon of `problem`, on one line: what follows may
/// be the output of a program that has read the hidden cases. Empty if there is no problem.
std::string student_problem(const SubmissionResult& result);

}  // namespace attn::grading
