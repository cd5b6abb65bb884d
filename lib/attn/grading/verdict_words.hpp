/// What a student and a teacher read of a step.
#pragma once

#include "attn/grading/assignment.hpp"
#include "attn/grading/judge.hpp"

namespace attn::grading {

/// Fills in the words of a judged step: the student's without any number of a hidden case.
void put_words(const Step& step, JudgedStep& judged);

}  // namespace attn::grading
