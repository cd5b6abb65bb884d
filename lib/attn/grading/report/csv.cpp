#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "attn/grading/report/marks.hpp"
#include "attn/grading/report/remarks.hpp"
#include "attn/grading/report/reports.hpp"
#include "attn/grading/report/visible.hpp"

namespace attn::grading {
namespace {

/// Whether a spreadsheet could take it for a formula; some also do so for ＝ ＋ － ＠.
bool begins_like_a_formula(std::string_view text) {
  static constexpr std::array<std::string_view, 11> beginnings{"=",  "+",  "-",  "@",  "\t", "\r",
                                                               "\n", "＝", "＋", "－", "＠"};
  return std::any_of(beginnings.begin(), beginnings.end(),
                     [&](std::string_view beginning) { return text.starts_with(beginning); });
}

std::string field(std::string_view text) {
  const std::string value = (begins_like_a_formula(text) ? "'" : "") + visible_lines(text);
  if (value.find_first_of(",\"\n\t") == std::string::npos) return value;
  std::string quoted = "\"";
  for (const char c : value) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace

std::string csv(std::span<const SubmissionResult> results) {
  const std::vector<std::string> names = step_names(results);
  // The mark by which spreadsheets know UTF-8. Programs that do not know it take it for a part of
  // the first column's name: so that is a column that nobody asks for by name.
  std::string out = "\xEF\xBB\xBFrow,name,points,possible,percent,problem,remarks";
  for (const std::string& name : names) out += ',' + field(name);
  out += "\r\n";
  std::size_t row = 0;
  for (const SubmissionResult& result : results) {
    const double points = result.points(), possible = result.possible();
    const bool graded = result.was_graded();  // else there are no points, which is not 0 points
    out += std::to_string(++row) + ',' + field(result.name) + ',' +
           (graded ? points_text(points) : "") + ',' + points_text(possible) + ',';
    if (graded && possible > 0.0) out += fmt::format("{:.1f}", 100.0 * points / possible);
    out += ',' + field(result.problem) + ',' + field(remarks_of(result, 5));
    for (const StepResult* step : steps_by_name(result, names)) {
      out += ',';
      if (step != nullptr && graded) out += points_text(step->points);
    }
    out += "\r\n";
  }
  return out;
}

}  // namespace attn::grading
