#include "attn/grading/report/student.hpp"

#include <fmt/format.h>

#include <sstream>

#include "attn/grading/report/marks.hpp"
#include "attn/grading/report/visible.hpp"
#include "attn/grading/report/words.hpp"
#include "attn/render/display_width.hpp"
#include "attn/render/page.hpp"

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

std::string student_page(const SubmissionResult& result) {
  constexpr std::size_t columns = 76;
  std::string page = render::printable(result.name) + '\n';
  if (result.was_graded())
    page += fmt::format("{} of {} points\n", points_text(result.points()),
                        points_text(result.possible()));
  if (const std::string text = student_text(result); !text.empty()) page += '\n' + text + '\n';
  if (!result.was_graded()) return page;
  for (const StepResult& step : result.steps) {
    page += fmt::format("\n{} {}: {} of {}\n", sign(mark_of(step)), render::printable(step.step),
                        points_text(step.points), points_text(step.possible));
    std::istringstream lines(student_message(step));
    for (std::string line; std::getline(lines, line);) {
      for (const std::string& part : render::wrap(line, columns)) page += "    " + part + '\n';
    }
  }
  return page;
}

}  // namespace attn::grading
