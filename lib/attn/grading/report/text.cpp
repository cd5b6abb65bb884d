#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "attn/grading/report/marks.hpp"
#include "attn/grading/report/remarks.hpp"
#include "attn/grading/report/reports.hpp"
#include "attn/grading/report/text.hpp"
#include "attn/grading/report/visible.hpp"
#include "attn/render/display_width.hpp"

namespace attn::grading {
namespace {

constexpr std::size_t narrowest = 40;
constexpr std::size_t gap = 2;          // between columns
constexpr std::size_t group = 5;        // signs, then a space: so that the seventh can be found
constexpr std::size_t notes_from = 18;  // columns; with fewer, notes have lines of their own

std::string of_possible(const SubmissionResult& result) {
  if (!result.was_graded()) return "-";
  return short_number(result.points()) + " of " + short_number(result.possible());
}

std::string notes_of(const SubmissionResult& result) {
  std::string notes = remarks_in_a_line(result);
  std::string separator = notes.empty() ? "" : "; ";
  for (const std::string& mistake : mistake_names(result)) {
    notes += separator + render::printable(mistake);
    separator = ", ";
  }
  notes.erase(notes.find_last_not_of(' ') + 1);
  return notes;
}

/// How wide the columns are.
struct Layout {
  std::size_t width, name = 4, points = 6;
  std::size_t signs = 0;   ///< how many in a line
  std::size_t notes = 0;   ///< 0: on lines of their own
  std::size_t before = 0;  ///< columns before the signs

  static std::size_t signs_width(std::size_t count) {
    return count == 0 ? 0 : count + (count - 1) / group;
  }

  Layout(std::span<const SubmissionResult> results, std::size_t steps, std::size_t columns_in_all)
      : width(columns_in_all) {
    for (const SubmissionResult& result : results) {
      name = std::max(name, render::display_width(render::printable(result.name)));
      points = std::max(points, of_possible(result).size());
    }
    name = std::min(name, width / 3);
    points = std::min(points, width - name - 2 * gap - group);
    before = name + gap + points + gap;
    const std::size_t rest = width - before;
    const std::size_t beside = signs_width(steps) + (steps > 0 ? gap : 0);
    if (beside + notes_from <= rest) notes = rest - beside;
    signs = steps;
    while (signs > 1 && signs_width(signs) > rest) --signs;
  }
};

/// The signs of the steps from `first` on that stand in one line.
std::string signs_line(const std::vector<const StepResult*>& steps, std::size_t first,
                       const Layout& layout, bool color) {
  std::string line, skipped;
  for (std::size_t i = first; i < std::min(first + layout.signs, steps.size()); ++i) {
    if (i > first && (i - first) % group == 0) skipped += ' ';
    if (steps[i] == nullptr) {
      skipped += ' ';
      continue;
    }
    const Mark mark = mark_of(*steps[i]);
    line += skipped + painted(sign(mark), style_of(mark), color);
    skipped.clear();
  }
  return line;
}

void append_row(std::string& out, const SubmissionResult& result,
                const std::vector<std::string>& names, const Layout& layout, bool color) {
  const std::vector<const StepResult*> steps = steps_by_name(result, names);
  const std::string notes = notes_of(result);
  const char* notes_style = result.problem.empty() ? "" : bad;
  std::string line = painted(padded(render::printable(result.name), layout.name), bold, color);
  const std::string points = render::shortened(of_possible(result), layout.points);
  line += std::string(gap + layout.points - render::display_width(points), ' ') + points;
  const std::string signs = signs_line(steps, 0, layout, color);
  if (!signs.empty()) line += std::string(gap, ' ') + signs;
  if (layout.notes > 0 && !notes.empty()) {
    // As many columns as the signs of all steps would take, whatever of them is there.
    const std::size_t all = Layout::signs_width(names.size());
    const std::size_t used =
        signs.empty() ? 0 : render::display_width(signs_line(steps, 0, layout, false));
    line += std::string((signs.empty() ? gap : 0) + all - used + (all > 0 ? gap : 0), ' ');
    line += painted(render::shortened(notes, layout.notes), notes_style, color);
  }
  out += line + '\n';
  for (std::size_t i = layout.signs; i < steps.size(); i += layout.signs) {
    const std::string more = signs_line(steps, i, layout, color);
    if (!more.empty()) out += std::string(layout.before, ' ') + more + '\n';
  }
  if (layout.notes == 0 && !notes.empty()) {
    out += "  " + painted(render::shortened(notes, layout.width - 2), notes_style, color) + '\n';
  }
}

}  // namespace

std::string painted(std::string_view text, const char* style, bool color) {
  if (!color || *style == '\0' || text.empty()) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", style, text);
}

const char* style_of(Mark mark) {
  switch (mark) {
    case Mark::done:
      return good;
    case Mark::carried:
      return fair;
    case Mark::wrong:
      return bad;
    case Mark::not_written:
      return faint;
  }
  return "";
}

std::string short_number(double number) {
  // No assignment has a million points: this is for the width of the table.
  if (!(std::abs(number) < 1e6)) return fmt::format("{:.3g}", number);
  return points_text(std::round(number * 100.0) / 100.0 + 0.0);
}

std::string text_table(std::span<const SubmissionResult> results, std::size_t width, bool color) {
  if (results.empty()) return "No submissions.\n";
  const std::vector<std::string> names = step_names(results);
  const Layout layout(results, names.size(), std::max(width, narrowest));
  std::string out;
  std::string header = padded("name", layout.name) + std::string(gap + layout.points - 6, ' ');
  header += "points";
  if (!names.empty()) header += "  steps";
  out += painted(render::shortened(header, layout.width), faint, color) + '\n';
  for (const SubmissionResult& result : results) append_row(out, result, names, layout, color);
  append_summary(out, statistics_of(results), layout.width, color);
  return out;
}

}  // namespace attn::grading
