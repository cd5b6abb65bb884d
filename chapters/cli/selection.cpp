#include "chapters/cli/selection.hpp"

#include <algorithm>
#include <charconv>

#include "attn/io/fault.hpp"
#include "attn/io/suggestions.hpp"

namespace attn::cli {
namespace {

[[noreturn]] void reject(const std::string& message) {
  throw io::InputError(io::Place{.source = "--steps"}, message);
}

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

/// A name, or what it begins with before a dot: "layer1" of "layer1.norm_1".
bool begins(const std::string& name, const std::string& with) {
  return name == with || name.starts_with(with + ".");
}

/// Or what it ends with behind one: "weights" of "t2.weights".
bool ends(const std::string& name, const std::string& with) {
  return name == with || name.ends_with("." + with);
}

template <class Fits>
std::vector<std::size_t> steps_where(const trace::Trace& trace, const Fits& fits) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < trace.steps.size(); ++i) {
    const trace::Step& step = trace.steps[i];
    const bool tensor =
        std::any_of(step.tensors.begin(), step.tensors.end(),
                    [&](const trace::Tensor& one) { return fits(one.name, false); });
    if (fits(step.id, true) || tensor) found.push_back(i);
  }
  return found;
}

/// Without its digits, which a misspelt name does not have wrong by accident.
std::string wordy(std::string name) {
  std::erase_if(name, [](char c) { return c >= '0' && c <= '9'; });
  return name;
}

[[noreturn]] void reject_name(const trace::Trace& trace, const std::string& entry) {
  std::vector<std::string> ids, names;
  for (const trace::Step& step : trace.steps) {
    ids.push_back(step.id);
    names.push_back(step.id);
    for (const trace::Tensor& tensor : step.tensors) names.push_back(tensor.name);
  }
  std::erase_if(names, [&](const std::string& name) { return wordy(name) == wordy(entry); });
  const bool backward = entry.starts_with("d_") || entry.find(".d_") != std::string::npos;
  if (backward) {
    std::erase_if(names, [](const std::string& name) { return name.find("d_") == name.npos; });
  }
  const std::string near = io::nearest(entry, names);
  const std::string what = "no step or tensor is called \"" + entry + "\"";
  if (!near.empty()) reject(what + "; did you mean \"" + near + "\"?");
  std::string known;
  for (const std::string& id : ids) known += (known.empty() ? "" : ", ") + id;
  reject(what + (backward ? "; the steps of the backward pass need --gradients" : "") +
         "; the steps are " + known);
}

/// The positions of the steps that `entry` names: by number, by id, by a tensor that they have, or
/// by the beginning or the end of either.
std::vector<std::size_t> positions(const trace::Trace& trace, const std::string& entry) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(entry.data(), entry.data() + entry.size(), number);
  if (error == std::errc{} && end == entry.data() + entry.size()) {
    if (number >= 1 && number <= trace.steps.size()) return {number - 1};
    reject("found step " + entry + ", expected 1 to " + std::to_string(trace.steps.size()));
  }
  using Name = const std::string&;
  auto found = steps_where(trace, [&](Name name, bool id) { return id && name == entry; });
  if (found.empty()) found = steps_where(trace, [&](Name name, bool) { return name == entry; });
  if (found.empty())
    found = steps_where(trace, [&](Name name, bool) { return begins(name, entry); });
  if (found.empty()) found = steps_where(trace, [&](Name name, bool) { return ends(name, entry); });
  if (found.empty()) reject_name(trace, entry);
  return found;
}

/// Splits a range at ".." or, between two numbers, at "-": ids may have a hyphen in them.
std::pair<std::string, std::string> ends_of_range(const std::string& entry) {
  if (const std::size_t dots = entry.find(".."); dots != std::string::npos) {
    return {trimmed(entry.substr(0, dots)), trimmed(entry.substr(dots + 2))};
  }
  const std::size_t hyphen = entry.find('-');
  if (hyphen != std::string::npos && entry.find_first_not_of("0123456789- ") == std::string::npos) {
    return {trimmed(entry.substr(0, hyphen)), trimmed(entry.substr(hyphen + 1))};
  }
  return {entry, entry};
}

}  // namespace

std::vector<std::size_t> select_steps(const trace::Trace& trace, const std::string& list) {
  std::vector<bool> keep(trace.steps.size(), false);
  for (std::size_t start = 0; start <= list.size();) {
    const std::size_t comma = std::min(list.find(',', start), list.size());
    const std::string entry = trimmed(list.substr(start, comma - start));
    if (entry.empty()) {
      reject("found \"" + list + "\", expected ids or numbers of steps, such as 1,3 or 2-4");
    }
    const auto [from, to] = ends_of_range(entry);
    if (from.empty() || to.empty()) {
      reject("found \"" + entry + "\", expected a range with two ends, such as 2-4");
    }
    if (from == to) {
      for (const std::size_t position : positions(trace, from)) keep[position] = true;
    } else {
      const std::size_t first = positions(trace, from).front();
      const std::size_t last = positions(trace, to).back();
      if (first > last) reject("the range " + entry + " runs backwards");
      std::fill(keep.begin() + static_cast<std::ptrdiff_t>(first),
                keep.begin() + static_cast<std::ptrdiff_t>(last) + 1, true);
    }
    start = comma + 1;
  }
  std::vector<std::size_t> positions;
  for (std::size_t i = 0; i < keep.size(); ++i) {
    if (keep[i]) positions.push_back(i);
  }
  return positions;
}

}  // namespace attn::cli
