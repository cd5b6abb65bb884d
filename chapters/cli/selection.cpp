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

/// The position of the step that `entry` names, by number or by id.
std::size_t position(const trace::Trace& trace, const std::string& entry) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(entry.data(), entry.data() + entry.size(), number);
  if (error == std::errc{} && end == entry.data() + entry.size()) {
    if (number >= 1 && number <= trace.steps.size()) return number - 1;
    reject("found step " + entry + ", expected 1 to " + std::to_string(trace.steps.size()));
  }
  std::vector<std::string> ids;
  for (const trace::Step& step : trace.steps) ids.push_back(step.id);
  const auto found = std::find(ids.begin(), ids.end(), entry);
  if (found != ids.end()) return static_cast<std::size_t>(found - ids.begin());
  const std::string near = io::nearest(entry, ids);
  if (!near.empty()) reject("no step is called \"" + entry + "\"; did you mean \"" + near + "\"?");
  std::string known;
  for (const std::string& id : ids) known += (known.empty() ? "" : ", ") + id;
  const bool backward = entry.starts_with("d_") || entry.find(".d_") != std::string::npos;
  reject("no step is called \"" + entry + "\"" +
         (backward ? "; the steps of the backward pass need --gradients" : "") +
         "; the steps are " + known);
}

/// Splits a range at ".." or, between two numbers, at "-": ids may have a hyphen in them.
std::pair<std::string, std::string> ends(const std::string& entry) {
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
    const auto [from, to] = ends(entry);
    if (from.empty() || to.empty()) {
      reject("found \"" + entry + "\", expected a range with two ends, such as 2-4");
    }
    const std::size_t first = position(trace, from);
    const std::size_t last = position(trace, to);
    if (first > last) reject("the range " + entry + " runs backwards");
    std::fill(keep.begin() + static_cast<std::ptrdiff_t>(first),
              keep.begin() + static_cast<std::ptrdiff_t>(last) + 1, true);
    start = comma + 1;
  }
  std::vector<std::size_t> positions;
  for (std::size_t i = 0; i < keep.size(); ++i) {
    if (keep[i]) positions.push_back(i);
  }
  return positions;
}

}  // namespace attn::cli
