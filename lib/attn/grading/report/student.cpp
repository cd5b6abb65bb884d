#include "attn/grading/report/student.hpp"

#include "attn/grading/report/marks.hpp"
#include "attn/grading/report/visible.hpp"
#include "attn/grading/report/words.hpp"
#include "attn/render/display_width.hpp"

namespace attn::grading {
namespace {

/// A sentence of ours, on one line and without the stop at its end.
std::string told(const std::string& sentence) {
  std::string text = render::printable(sentence);
  while (text.ends_with('.') || text.ends_with(' ')) text.pop_back();
  return text;
}

std::string opening(const SubmissionResult& result) {
  if (!result.was_graded()) {  // what the grader's machine did
    return "This submission could not be graded, which is no fault of its own";
  }
  return "This submission could not be graded in full: " + told(result.problem);
}

}  // namespace

std::string student_message(const StepResult& step) {
  if (!step.message.empty()) return visible_lines(step.message);
  switch (mark_of(step)) {
    case Mark::done:
      return "Right.";
    case Mark::carried:
      return "Right for the numbers that your earlier steps gave it.";
    case Mark::wrong:
      return "Not right yet.";
    case Mark::not_written:
      return "Not written yet.";
  }
  return "";
}

std::string student_problem(const SubmissionResult& result) {
  if (result.problem.empty()) return "";
  std::string text = opening(result);
  for (const Said& said : result.said) {
    if (said.who == Said::Who::program || !said.for_student || said.text.empty()) continue;
    return text + "; " + says(said);
  }
  return text + '.';
}

std::string student_text(const SubmissionResult& result) {
  constexpr std::size_t most_lines = 30, most_bytes = 6000;
  std::string text;
  if (!result.problem.empty()) {
    text += opening(result) + ".\n";
  }
  for (const std::string& note : result.notes) text += told(note) + ".\n";
  for (const Said& said : result.said) {
    if (!said.for_student || said.text.empty()) continue;
    if (!text.empty()) text += '\n';
    text += says_in_full(said, most_lines, most_bytes);
  }
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

}  // namespace attn::grading
