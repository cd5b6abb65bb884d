#include "attn/grading/report/marks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace attn::grading {

Mark mark_of(const StepResult& step) {
  if (step.verdict == Verdict::not_written) return Mark::not_written;
  if (step.carried) return Mark::carried;
  return step.verdict == Verdict::done ? Mark::done : Mark::wrong;
}

const char* sign(Mark mark) {
  switch (mark) {
    case Mark::done:
      return "✓";
    case Mark::carried:
      return "~";
    case Mark::wrong:
      return "✗";
    case Mark::not_written:
      return "·";
  }
  return "?";
}

const char* name(Mark mark) {
  switch (mark) {
    case Mark::done:
      return "done";
    case Mark::carried:
      return "carried";
    case Mark::wrong:
      return "wrong";
    case Mark::not_written:
      return "not written";
  }
  return "?";
}

bool right(const StepResult& step) {
  const Mark mark = mark_of(step);
  return mark == Mark::done || mark == Mark::carried;
}

std::vector<std::string> step_names(std::span<const SubmissionResult> results) {
  std::vector<std::string> names;
  std::unordered_set<std::string> met;
  for (const SubmissionResult& result : results) {
    for (const StepResult& step : result.steps) {
      if (met.insert(step.step).second) names.push_back(step.step);
    }
  }
  return names;
}

std::vector<const StepResult*> steps_by_name(const SubmissionResult& result,
                                             const std::vector<std::string>& names) {
  std::unordered_map<std::string, const StepResult*> steps;
  for (const StepResult& step : result.steps) steps.emplace(step.step, &step);
  std::vector<const StepResult*> found;
  for (const std::string& name : names) {
    const auto step = steps.find(name);
    found.push_back(step == steps.end() ? nullptr : step->second);
  }
  return found;
}

std::vector<std::string> mistake_names(const SubmissionResult& result) {
  std::vector<std::string> mistakes;
  for (const StepResult& step : result.steps) {
    if (step.mistake.empty()) continue;
    if (std::find(mistakes.begin(), mistakes.end(), step.mistake) != mistakes.end()) continue;
    mistakes.push_back(step.mistake);
  }
  return mistakes;
}

std::string points_text(double points) { return fmt::format("{:.12g}", points); }

}  // namespace attn::grading
