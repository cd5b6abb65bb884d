#include "attn/grading/report/statistics.hpp"

#include <algorithm>
#include <map>
#include <numeric>

namespace attn::grading {
namespace {

double median_of(std::vector<double> values) {
  if (values.empty()) return 0.0;
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2.0;
}

/// What all that have steps could earn, if it is the same for all; else 0.
double common_possible(std::span<const SubmissionResult> results) {
  double common = 0.0;
  bool first = true;
  for (const SubmissionResult& result : results) {
    if (result.steps.empty()) continue;
    const double possible = result.possible();
    if (!first && possible != common) return 0.0;
    common = possible;
    first = false;
  }
  return common;
}

}  // namespace

const StepStatistics* Statistics::hardest() const {
  const StepStatistics* hardest = nullptr;
  for (const StepStatistics& step : steps) {
    if (step.not_right() > (hardest == nullptr ? 0 : hardest->not_right())) hardest = &step;
  }
  return hardest;
}

Statistics statistics_of(std::span<const SubmissionResult> results) {
  Statistics all;
  all.submissions = results.size();
  all.possible = common_possible(results);
  const std::vector<std::string> names = step_names(results);
  for (const std::string& name : names) all.steps.push_back({.step = name});
  std::vector<std::map<std::string, std::size_t>> mistakes(names.size());
  std::vector<double> points;
  for (const SubmissionResult& result : results) {
    if (result.was_graded()) points.push_back(result.points());
    if (!result.problem.empty()) ++all.problems;
    if (!result.was_graded()) continue;
    const std::vector<const StepResult*> steps = steps_by_name(result, names);
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (steps[i] == nullptr) continue;
      ++all.steps[i].marks[static_cast<std::size_t>(mark_of(*steps[i]))];
      if (!steps[i]->mistake.empty()) ++mistakes[i][steps[i]->mistake];
    }
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    for (const auto& [mistake, count] : mistakes[i]) {
      if (count <= all.steps[i].mistaken) continue;
      all.steps[i].mistake = mistake;
      all.steps[i].mistaken = count;
    }
  }
  if (!points.empty()) {
    all.mean =
        std::accumulate(points.begin(), points.end(), 0.0) / static_cast<double>(points.size());
  }
  all.median = median_of(std::move(points));
  return all;
}

}  // namespace attn::grading
