#include "attn/grading/judge.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>

#include "attn/grading/diagnosis.hpp"

namespace attn::grading {
namespace {

bool has_nan(const trace::Tensor& tensor) {
  return std::any_of(tensor.values.begin(), tensor.values.end(),
                     [](double value) { return std::isnan(value); });
}

/// How many finite numbers are clearly different from each other; more than three count as three.
/// What differs by no more than a thousand times the tolerance does not: whoever makes the scores
/// tiny could leave out the scale, and the difference would be within the tolerance.
std::size_t different_numbers(const trace::Tensor& tensor) {
  std::vector<double> values;
  std::copy_if(tensor.values.begin(), tensor.values.end(), std::back_inserter(values),
               [](double value) { return std::isfinite(value); });
  std::sort(values.begin(), values.end());
  if (values.empty()) return 0;
  const double largest = std::max(std::abs(values.front()), std::abs(values.back()));
  const double clearly = 1e3 * (closeness.absolute + closeness.relative * largest);
  std::size_t count = 1;
  double last = values.front();
  for (const double value : values) {
    if (value - last <= clearly) continue;
    last = value;
    if (++count == 3) break;
  }
  return count;
}

/// Is something masked, and just what has to be?
bool masked_alike(const trace::Tensor& got, const trace::Tensor& right) {
  bool any = false;
  for (std::size_t n = 0; n < right.values.size() && n < got.values.size(); ++n) {
    if (std::isinf(right.values[n]) != std::isinf(got.values[n])) return false;
    any |= std::isinf(got.values[n]);
  }
  return any;
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

enum class Finding { right, carried, wrong, stopped, missing, unclear };

Finding find(const Evidence& e) {
  if (agree(e.got, e.right)) return Finding::right;
  if (!e.stopped.empty()) return Finding::stopped;
  if (e.got.absent()) return Finding::missing;
  if (e.after_useless || (e.alone && has_nan(e.alone->second))) return Finding::unclear;
  if (!e.alone || !agree(e.alone->first, e.alone->second)) return Finding::wrong;
  return says_little(e.alone->first, e.right) ? Finding::unclear : Finding::carried;
}

/// The known mistake whose numbers these are, wherever it was tried; or "".
std::string mistake_in(const std::vector<const Evidence*>& wrong) {
  std::vector<std::string> names;  // in the order of the table
  std::map<std::string, std::size_t> tried, matched;
  for (const Evidence* e : wrong) {
    const trace::Tensor& got = e->alone ? e->alone->first : e->got;
    for (const auto& [name, numbers] : e->mistakes) {
      if (tried[name]++ == 0) names.push_back(name);
      // Here NaN agrees with NaN: there are mistakes that give it.
      if (!got.absent() && !numbers.absent() && !difference(got, numbers)) ++matched[name];
    }
  }
  for (const std::string& name : names) {
    if (matched[name] == tried[name]) return name;
  }
  return "";
}

/// Of a mistake that no table knows.
std::string diagnosis_of(const std::vector<const Evidence*>& wrong) {
  std::vector<Observation> all;
  for (const Evidence* e : wrong) {
    all.push_back({e->alone ? e->alone->first : e->got, e->alone ? e->alone->second : e->right,
                   e->mistakes, e->known});
  }
  return diagnose(all).value_or("");
}

}  // namespace

// Of zeros everything is zero, and of enormous scores the softmax is a plain choice of the largest.
bool says_little(const trace::Tensor& got, const trace::Tensor& right) {
  return different_numbers(got) < different_numbers(right) && !masked_alike(got, right);
}

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
  std::size_t proofs = 0, missing = 0, unclear = 0;
  for (const Evidence& e : evidence) {
    if (e.step != step.id) continue;
    switch (find(e)) {
      case Finding::right:
        ++proofs;
        break;
      case Finding::carried:
        ++proofs;
        result.carried = true;
        break;
      case Finding::unclear:
        ++unclear;
        break;
      case Finding::missing:
        ++missing;
        break;
      case Finding::stopped:
        if (judged.stopped.empty()) judged.stopped = e.stopped;
        break;
      case Finding::wrong:
        wrong.push_back(&e);
        break;
    }
  }
  if (!judged.stopped.empty()) {
    result.verdict = Verdict::wrong;
  } else if (!wrong.empty()) {
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
    if (result.mistake.empty()) judged.diagnosis = diagnosis_of(wrong);
  } else if (missing + unclear > 0 || proofs == 0) {
    result.verdict = Verdict::not_written;
    judged.unclear = unclear > 0;
  } else {
    result.verdict = Verdict::done;
    result.points = step.points;
  }
  if (result.verdict != Verdict::done) result.carried = false;
  return judged;
}

}  // namespace attn::grading
