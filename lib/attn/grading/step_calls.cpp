#include "attn/grading/step_calls.hpp"

#include <algorithm>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "attn/grading/marks.hpp"

namespace attn::grading {
namespace {

constexpr const char* include_line = "#include \"attn/core/exercise.hpp\"\n";

/// Without what editors of other systems add: a mark in front, and a carriage return at each end.
std::vector<std::string> source_lines(const std::string& text) {
  constexpr std::string_view byte_order = "\xef\xbb\xbf";
  std::vector<std::string> lines;
  std::istringstream stream(text.starts_with(byte_order) ? text.substr(byte_order.size()) : text);
  for (std::string line; std::getline(stream, line);) {
    if (line.ends_with('\r')) line.pop_back();
    lines.push_back(line);
  }
  return lines;
}

std::string one_text(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

bool is_comment(const std::string& line) {
  const std::size_t first = line.find_first_not_of(" \t");
  return first != std::string::npos && line.compare(first, 2, "//") == 0;
}

bool is_blank(const std::string& line) {
  return line.find_first_not_of(" \t\r") == std::string::npos;
}

/// "  Forward f;"
bool declares_result(const std::string& line) {
  const std::string code = line.substr(0, line.find("//"));
  const std::size_t last = code.find_last_not_of(" \t\r");
  if (last == std::string::npos || last < 3) return false;
  return line.starts_with("  ") && !line.starts_with("   ") &&
         (code.compare(last - 2, 3, " f;") == 0 || code.compare(last - 2, 3, " b;") == 0);
}

/// The lines from the one after the step's comment, or after the end of the step before, to the one
/// with its own end.
struct Place {
  std::size_t first = 0, end = 0;
};

bool find_place(const std::vector<std::string>& lines, const std::string& step, Place& place) {
  const std::string end = "exercise::done(\"" + step + "\"";
  const std::string comment = "// STEP " + step + " ";
  for (place.end = 0; place.end < lines.size() && !has(lines[place.end], end);) ++place.end;
  if (place.end == lines.size()) return false;
  for (std::size_t n = place.end; n-- > 0;) {
    if (has(lines[n], comment)) {
      for (place.first = n + 1; is_comment(lines[place.first]);) ++place.first;
      return true;
    }
    if (has(lines[n], "exercise::done(")) {
      place.first = n + 1;
      return true;
    }
    if (declares_result(lines[n])) {
      place.first = n + 1;
      return true;
    }
    if (lines[n].starts_with("}")) return false;  // another function
  }
  return false;
}

/// Does every brace that opens in the lines close there?
bool is_closed(const std::vector<std::string>& lines, const Place& place) {
  int open = 0;
  for (std::size_t n = place.first; n < place.end; ++n) {
    for (const char c : lines[n].substr(0, lines[n].find("//"))) {
      open += c == '{' ? 1 : c == '}' ? -1 : 0;
      if (open < 0) return false;
    }
  }
  return open == 0;
}

}  // namespace

std::string with_ends_of_steps(const std::string& mechanism, const std::string& source) {
  try {
    const Marked marked = take_apart(mechanism, one_text(source_lines(source)));
    if (!has(source, "exercise::done(")) {
      StepIds all;
      for (const MarkedStep& step : marked.steps) all.insert(step.id);
      return answer_key(marked, all, {});
    }
    std::vector<std::string> lines = marked.lines;
    bool any = false;
    for (const MarkedStep& step : marked.steps) {
      if (step.object.empty() || has(source, "exercise::done(\"" + step.id + "\"")) continue;
      lines[step.last] += "\n" + end_of_step(step);
      any = true;
    }
    return any ? include_line + one_text(lines) : source;
  } catch (const std::runtime_error&) {  // it is written otherwise than ours
    return source;
  }
}

std::string with_beginnings(const std::string& source, const std::set<std::string>& steps) {
  std::vector<std::string> lines = source_lines(source);
  for (const std::string& step : steps) {
    Place place;
    if (!find_place(lines, step, place) || !is_closed(lines, place)) continue;
    const bool empty =
        std::all_of(lines.begin() + static_cast<std::ptrdiff_t>(place.first),
                    lines.begin() + static_cast<std::ptrdiff_t>(place.end), is_blank);
    if (empty || place.first == place.end) continue;
    lines[place.first].insert(0, "if (exercise::begins(\"" + step + "\")) { ");
    lines[place.end].insert(0, "} ");
  }
  return one_text(lines);
}

}  // namespace attn::grading
