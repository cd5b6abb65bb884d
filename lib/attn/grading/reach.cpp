#include "attn/grading/reach.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "attn/grading/choice.hpp"
#include "attn/grading/parallel.hpp"

namespace attn::grading {
namespace {

/// Is some result of the step another one with this mistake? All are judged, shown or not.
bool tells(const AnswerKey& key, const Assignment& assignment, const Case& of,
           const std::string& mistake) {
  const std::string step = mistake.substr(0, mistake.find('/'));
  if (!comes_to(of.key, step)) return false;
  const std::shared_ptr<const trace::Trace> run = key.mistaken(assignment, of, mistake);
  const std::vector<trace::Tensor>& events = events_of(of.key);
  return std::any_of(events.begin(), events.end(), [&](const trace::Tensor& right) {
    if (step_of(right.name) != step) return false;
    const trace::Tensor* got = event(*run, right.name);
    return got == nullptr || !agree(*got, right);
  });
}

}  // namespace

Reach::Reach(const AnswerKey& key, const Assignment& assignment)
    : key_(key), assignment_(assignment) {
  for (const Step& step : assignment.steps) {
    steps_.insert(step.id);
    for (std::size_t n = 0; n < step.mistakes.size(); ++n) {
      mistakes_.insert(fmt::format("{}/{}", step.id, n + 1));
    }
  }
}

bool Reach::add(const std::vector<Case>& cases) {
  const std::size_t before = steps_.size() + mistakes_.size();
  for (const Case& of : cases) {
    for (const trace::Tensor& result : events_of(of.key)) steps_.erase(step_of(result.name));
  }
  const std::vector<std::string> open(mistakes_.begin(), mistakes_.end());
  std::vector<char> told(open.size(), 0);
  in_parallel(2, open.size(), [&](std::size_t n) {
    told[n] = static_cast<char>(std::any_of(cases.begin(), cases.end(), [&](const Case& of) {
      return tells(key_, assignment_, of, open[n]);
    }));
  });
  for (std::size_t n = 0; n < open.size(); ++n) {
    if (told[n] != 0) mistakes_.erase(open[n]);
  }
  return steps_.size() + mistakes_.size() < before;
}

std::vector<std::string> Reach::steps() const {
  std::vector<std::string> ids;
  for (const Step& step : assignment_.steps) {
    if (steps_.contains(step.id)) ids.push_back(step.id);
  }
  return ids;
}

}  // namespace attn::grading
