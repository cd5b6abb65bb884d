#include "attn/grading/judge.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace attn::grading {
namespace {

bool has_nan(const trace::Tensor& tensor) {
  return std::any_of(tensor.values.begin(), tensor.values.end(),
                     [](double value) { return std::isnan(value); });
}

/// Are all cells alike?
bool is_flat(const trace::Tensor& tensor) {
  return std::adjacent_find(tensor.values.begin(), tensor.values.end(), std::not_equal_to<>()) ==
         tensor.values.end();
}

std::optional<trace::Difference> difference(const trace::Tensor& got, const trace::Tensor& right) {
  trace::Trace trace;
  trace.steps.resize(1);
  trace.steps.front().tensors = {got};
  trace.steps.front().tensors.front().name = right.name;
  return trace::first_difference(trace, {{.tensor = right.name,
                                          .shape = right.shape,
                                          .values = right.values,
                                          .absolute = closeness.absolute,
                                          .relative = closeness.relative,
                                          .source = "",
                                          .place = ""}});
}

enum class Finding { right, carried, wrong, missing, unclear };

Finding find(const Evidence& e) {
  if (agree(e.got, e.right)) return Finding::right;
  if (e.got.absent()) return Finding::missing;
  if (e.after_wrong_shape || (e.alone && has_nan(e.alone->second))) return Finding::unclear;
  if (!e.alone || !agree(e.alone->first, e.alone->second)) return Finding::wrong;
  // One number has one cell: it says as much as a number can.
  const bool too_little =
      e.alone->first.values.size() > 1 && is_flat(e.alone->first) && !is_flat(e.right);
  return too_little ? Finding::unclear : Finding::carried;
}

/// The known mistake whose numbers these are, wherever it was tried; or "".
std::string mistake_in(const std::vector<const Evidence*>& wrong) {
  std::vector<std::string> names;  // in the order of the table
  std::map<std::string, std::size_t> tried, matched;
  for (const Evidence* e : wrong) {
    const trace::Tensor& got = e->alone ? e->alone->first : e->got;
    for (const auto& [name, numbers] : e->mistakes) {
      if (tried[name]++ == 0) names.push_back(name);
      matched[name] += agree(got, numbers) ? 1 : 0;
    }
  }
  for (const std::string& name : names) {
    if (matched[name] == tried[name]) return name;
  }
  return "";
}

}  // namespace

bool agree(const trace::Tensor& got, const trace::Tensor& right) {
  if (got.absent() || right.absent() || has_nan(got)) return false;
  return !difference(got, right);
}

JudgedStep judge(const Step& step, std::span<const Evidence> evidence) {
  JudgedStep judged;
  StepResult& result = judged.result;
  result.step = step.id;
  result.possible = step.points;
  std::vector<const Evidence*> wrong;
  bool missing = false;
  bool proved = false;
  for (const Evidence& e : evidence) {
    if (e.step != step.id) continue;
    switch (find(e)) {
      case Finding::right:
        proved = true;
        break;
      case Finding::carried:
        proved = result.carried = true;
        break;
      case Finding::unclear:
        judged.unclear = true;
        break;
      case Finding::wrong:
        wrong.push_back(&e);
        break;
      case Finding::missing:
        missing = true;
        break;
    }
  }
  if (!wrong.empty()) {
    result.verdict = Verdict::wrong;
    result.mistake = mistake_in(wrong);
    const Evidence& e = *wrong.front();
    std::optional<trace::Difference> differs;
    if (e.alone) differs = difference(e.alone->first, e.alone->second);
    if (!differs) differs = difference(e.got, e.right);
    if (!differs) differs.emplace();
    differs->step = e.shown_in;
    differs->axes = e.right.axes;  // those of an event are only counted
    judged.fault = Fault{e.in_case, *differs};
  } else if (missing || !proved) {
    result.verdict = Verdict::not_written;
  } else {
    result.verdict = Verdict::done;
    result.points = step.points;
  }
  if (result.verdict != Verdict::done) result.carried = false;
  judged.unclear &= result.verdict == Verdict::not_written && !missing;
  return judged;
}

}  // namespace attn::grading
