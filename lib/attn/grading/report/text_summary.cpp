#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "attn/grading/report/text.hpp"
#include "attn/grading/report/visible.hpp"
#include "attn/render/display_width.hpp"

namespace attn::grading {
namespace {

constexpr std::size_t mistake_from = 18;  // columns; with fewer it has a line of its own

/// How many, mean and median: in as many lines as it takes.
std::string headline(const Statistics& all, std::size_t width, bool color) {
  std::vector<std::string> parts{
      fmt::format("{} submission{}", all.submissions, all.submissions == 1 ? "" : "s"),
      "mean " + short_number(all.mean), "median " + short_number(all.median)};
  if (all.possible > 0.0) parts[1] += " of " + short_number(all.possible);
  parts[1] += " points";
  if (all.problems > 0) parts.push_back(fmt::format("{} with a problem", all.problems));
  std::string out, line;
  for (const std::string& part : parts) {
    if (!line.empty() && line.size() + 2 + part.size() + 1 > width) {
      out += painted(line + ',', bold, color) + '\n';
      line.clear();
    }
    line += (line.empty() ? "" : ", ") + part;
  }
  return out + painted(line, bold, color) + '\n';
}

/// "✓ done  ~ carried  ✗ wrong  · not written"
std::string legend(std::size_t width, bool color) {
  std::string line;
  for (const Mark mark : all_marks) {
    if (!line.empty()) line += width < 41 ? " " : "  ";
    line += painted(sign(mark), style_of(mark), color) + ' ' + name(mark);
  }
  return line;
}

class StepTable {
 public:
  StepTable(std::string& out, const Statistics& all, std::size_t width, bool color)
      : out_(out), all_(all), width_(width), color_(color) {
    number_ = std::to_string(all.steps.size()).size();
    count_ = std::max<std::size_t>(4, std::to_string(all.submissions).size() + 2);
    for (const StepStatistics& step : all.steps) {
      name_ = std::max(name_, render::display_width(render::printable(step.step)));
    }
    name_ = std::min(name_, width / 3);
    const std::size_t before = number_ + 2 + name_ + 4 * count_ + 2;
    mistake_ = before + mistake_from <= width ? width - before : 0;
  }

  void write() {
    std::string header = std::string(number_ + 2, ' ') + padded("step", name_);
    for (const Mark mark : all_marks) header += std::string(count_ - 1, ' ') + sign(mark);
    const bool mistakes = std::any_of(all_.steps.begin(), all_.steps.end(),
                                      [](const StepStatistics& s) { return s.mistaken > 0; });
    if (mistakes && mistake_ > 0) header += "  commonest mistake";
    out_ += painted(header, faint, color_) + '\n';
    for (std::size_t i = 0; i < all_.steps.size(); ++i) write(i + 1, all_.steps[i]);
  }

 private:
  void write(std::size_t number, const StepStatistics& step) {
    out_ += fmt::format("{:>{}}  ", number, number_) + padded(render::printable(step.step), name_);
    for (const Mark mark : all_marks) {
      const std::size_t count = step.count(mark);
      out_ += painted(fmt::format("{:>{}}", count, count_), count == 0 ? faint : style_of(mark),
                      color_);
    }
    if (step.mistaken > 0) {
      const std::string times = fmt::format(" ({})", step.mistaken);
      const std::size_t room = mistake_ > 0 ? mistake_ : width_ - 4;
      out_ += mistake_ > 0 ? "  " : "\n    ";
      out_ += render::shortened(render::printable(step.mistake), room - times.size()) + times;
    }
    out_ += '\n';
  }

  std::string& out_;
  const Statistics& all_;
  std::size_t width_;
  bool color_;
  std::size_t number_ = 1, name_ = 4, count_ = 4, mistake_ = 0;
};

}  // namespace

void append_summary(std::string& out, const Statistics& all, std::size_t width, bool color) {
  out += '\n' + headline(all, width, color);
  if (all.steps.empty()) return;
  out += legend(width, color) + "\n\n";
  StepTable(out, all, width, color).write();
  if (const StepStatistics* hardest = all.hardest()) {
    const std::string tail =
        fmt::format(", not right in {} of {}", hardest->not_right(), hardest->graded());
    out += "\nHardest: " +
           render::shortened(render::printable(hardest->step), width - 9 - tail.size()) + tail +
           '\n';
  }
}

}  // namespace attn::grading
