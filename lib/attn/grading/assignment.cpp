#include "attn/grading/assignment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace attn::grading {

double Assignment::points() const {
  double sum = 0.0;
  for (const Step& step : steps) sum += step.points;
  return sum;
}

double Assignment::minutes() const {
  double sum = 0.0;
  for (const Step& step : steps) sum += step.minutes;
  return sum;
}

const Step* Assignment::find(const std::string& id) const {
  const auto found =
      std::find_if(steps.begin(), steps.end(), [&](const Step& step) { return step.id == id; });
  return found == steps.end() ? nullptr : &*found;
}

std::vector<std::string> Assignment::mechanisms() const {
  std::vector<std::string> names;
  for (const Step& step : steps) {
    if (std::find(names.begin(), names.end(), step.mechanism()) == names.end()) {
      names.push_back(step.mechanism());
    }
  }
  return names;
}

namespace {

/// In double quotes, as YAML and JSON both read it.
std::string quoted(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '\n') {
      quoted += "\\n";
      continue;
    }
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace

std::string yaml_for_students(const Assignment& assignment) {
  std::string yaml = fmt::format("chapter: {}\nsteps:\n", assignment.chapter);
  for (const Step& step : assignment.steps) {
    yaml += fmt::format("  - step: {}\n    points: {}\n    minutes: {}\n    difficulty: {}\n",
                        step.id, step.points, step.minutes, step.difficulty);
    yaml += "    hints:\n";
    for (const std::string& hint : step.hints) yaml += "      - " + quoted(hint) + "\n";
    if (!step.mistakes.empty()) yaml += "    mistakes:\n";
    for (const Mistake& mistake : step.mistakes) {
      yaml += "      - name: " + quoted(mistake.name) + "\n        says: " + quoted(mistake.says) +
              "\n";
    }
  }
  return yaml;
}

}  // namespace attn::grading
