#include "attn/grading/verdict_words.hpp"

#include <fmt/format.h>

namespace attn::grading {
namespace {

std::string cell_text(const trace::Difference& d) {
  if (d.cell.empty()) return d.tensor;
  return fmt::format("{}[{}]", d.tensor, fmt::join(d.cell, ", "));
}

/// For the teacher, in one line.
std::string detail_of(const Fault& fault) {
  const trace::Difference& d = fault.difference;
  if (d.what == trace::Difference::What::value) {
    return fmt::format("case {}: {} expected {}, got {}; {} of {} cells differ", fault.in_case,
                       cell_text(d), d.expected, d.got, d.differing, d.cells);
  }
  if (d.what == trace::Difference::What::shape) {
    return fmt::format("case {}: {} has shape ({}), expected ({})", fault.in_case, d.tensor,
                       fmt::join(d.got_shape, ", "), fmt::join(d.expected_shape, ", "));
  }
  return fmt::format("case {}: {}", fault.in_case, d.tensor);
}

std::string message_of(const Step& step, const JudgedStep& judged) {
  const StepResult& result = judged.result;
  switch (result.verdict) {
    case Verdict::done:
      return result.carried ? "right, with your own numbers before it" : "";
    case Verdict::not_written:
      return judged.unclear ? "cannot be judged before the steps above it are right"
                            : "not written, or not reached";
    case Verdict::wrong:
      break;
  }
  if (!judged.stopped.empty()) return "the program stops in this step: " + judged.stopped;
  for (const Mistake& mistake : step.mistakes) {
    if (mistake.name == result.mistake) return mistake.name + ". " + mistake.says;
  }
  if (!judged.diagnosis.empty()) return judged.diagnosis + " Hint: " + step.hints.front();
  return "not right yet. Hint: " + step.hints.front();
}

}  // namespace

void put_words(const Step& step, JudgedStep& judged) {
  if (judged.fault) judged.result.detail = detail_of(*judged.fault);
  judged.result.message = message_of(step, judged);
}

}  // namespace attn::grading
