#include "attn/grading/report/result.hpp"

#include <numeric>

namespace attn::grading {

double SubmissionResult::points() const {
  return std::accumulate(steps.begin(), steps.end(), 0.0,
                         [](double sum, const StepResult& step) { return sum + step.points; });
}

double SubmissionResult::possible() const {
  return std::accumulate(steps.begin(), steps.end(), 0.0,
                         [](double sum, const StepResult& step) { return sum + step.possible; });
}

}  // namespace attn::grading
