#include "attn/grading/solutions.hpp"

#include <algorithm>

namespace attn::grading {

Solutions::Solutions(const Library& library, const Choice& choice) {
  for (const auto& [mechanism, ids] : choice.blank) {
    const Marked& marked = library.mechanisms().at(mechanism);
    for (const MarkedStep& step : marked.steps) {
      if (ids.contains(step.id)) code_.push_back({bare(step.code), {step.id}});
    }
    for (const Helper& helper : marked.helpers) {
      if (!ids.contains(helper.steps.front())) continue;
      std::string code;
      for (std::size_t n = helper.first; n <= helper.last; ++n) code += marked.lines[n] + "\n";
      code_.push_back({bare(code), helper.steps});
    }
  }
}

std::vector<std::string> Solutions::in(const std::string& text) const {
  const std::string searched = bare(text);
  std::vector<std::string> found;
  for (const auto& [code, ids] : code_) {
    if (searched.find(code) == std::string::npos) continue;
    for (const std::string& id : ids) {
      if (std::find(found.begin(), found.end(), id) == found.end()) found.push_back(id);
    }
  }
  return found;
}

}  // namespace attn::grading
