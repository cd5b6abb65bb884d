#include "attn/grading/report/student.hpp"

#include "attn/grading/report/marks.hpp"
#include "attn/grading/report/visible.hpp"
#include "attn/render/display_width.hpp"

namespace attn::grading {

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
  std::string why =
      render::printable(result.problem.substr(0, result.problem.find_first_of(":\r\n")));
  return "This submission could not be graded in full" + (why.empty() ? "." : ": " + why + ".");
}

}  // namespace attn::grading
