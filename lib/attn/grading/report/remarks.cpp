#include "attn/grading/report/remarks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "attn/grading/report/marks.hpp"
#include "attn/grading/report/student.hpp"
#include "attn/grading/report/visible.hpp"
#include "attn/grading/report/words.hpp"
#include "attn/render/display_width.hpp"
#include "attn/render/page.hpp"

namespace attn::grading {
namespace {

/// A compiler may say megabytes: enough is enough even for whoever wants all of it.
constexpr std::size_t most_bytes = std::size_t{400} << 10;
constexpr std::size_t columns = 110;

std::string indented(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    out += "  " + text.substr(at, end - at) + '\n';
    at = end + 1;
  }
  return out;
}

}  // namespace

std::string remarks_of(const SubmissionResult& result, std::size_t most_lines) {
  std::string text;
  for (const std::string* part : {&result.problem, &result.detail}) {
    if (!part->empty()) text += visible_lines(*part) + '\n';
  }
  for (const std::string& note : result.notes) text += visible_lines(note) + '\n';
  for (const Said& said : result.said) {
    if (!said.text.empty()) text += says_in_full(said, most_lines, most_bytes);
  }
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

std::string remarks_in_a_line(const SubmissionResult& result) {
  std::string line;
  const auto add = [&](const std::string& text) {
    if (!text.empty()) line += (line.empty() ? "" : "; ") + text;
  };
  add(render::printable(result.problem));
  for (const Said& said : result.said) {
    if (said.who == Said::Who::program) continue;
    add(says(said));
    break;
  }
  add(render::printable(result.detail));
  for (const std::string& note : result.notes) add(render::printable(note));
  return line;
}

std::string lost_points(const SubmissionResult& result) {
  struct Loss {
    std::string steps, why, where;
  };
  std::vector<Loss> losses;
  for (const StepResult& step : result.steps) {
    if (right(step)) continue;
    const std::string name = fmt::format("{} ({} of {})", render::printable(step.step),
                                         points_text(step.points), points_text(step.possible));
    const std::string why = student_message(step);
    if (!losses.empty() && losses.back().why == why && step.detail.empty() &&
        losses.back().where.empty()) {
      losses.back().steps += ", " + name;
    } else {
      losses.push_back({name, why, render::printable(step.detail)});
    }
  }
  std::string text;
  for (const Loss& loss : losses) {
    const std::string whole = loss.steps + ": " + render::printable(loss.why);
    std::string margin;
    for (const std::string& line : render::wrap(whole, columns)) {
      text += margin + line + '\n';
      margin = "  ";
    }
    if (!loss.where.empty()) text += "  " + loss.where + '\n';
  }
  return text;
}

std::string text_remarks(std::span<const SubmissionResult> results, std::size_t most_lines) {
  std::string out;
  for (const SubmissionResult& result : results) {
    std::string text = remarks_of(result, most_lines);
    if (!text.empty()) text += '\n';
    if (result.was_graded()) text += lost_points(result);
    if (!text.empty()) out += '\n' + render::printable(result.name) + '\n' + indented(text);
  }
  return out;
}

}  // namespace attn::grading
