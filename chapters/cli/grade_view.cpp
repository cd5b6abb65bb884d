#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "attn/grading/operands.hpp"
#include "attn/grading/report/marks.hpp"
#include "attn/io/trace_json.hpp"
#include "attn/render/difference.hpp"
#include "attn/render/display_width.hpp"
#include "attn/render/page.hpp"
#include "chapters/cli/course.hpp"
#include "chapters/cli/grade.hpp"

namespace attn::cli {
namespace {

using grading::JudgedStep;
using grading::Verdict;
using render::Block;
using render::Line;
namespace palette = render::palette;

/// A bar, as far as the points go.
Line bar_line(double points, double possible) {
  constexpr std::size_t width = 30;
  const auto filled = static_cast<std::size_t>(points / possible * static_cast<double>(width));
  std::string done;
  std::string open;
  for (std::size_t n = 0; n < width; ++n) (n < filled ? done : open) += n < filled ? "█" : "░";
  return Line("  ").add(done, palette::good).add(open, palette::faint);
}

class View {
 public:
  View(const chapters::Chapter& chapter, const Progress& progress, std::size_t width, bool color)
      : chapter_(chapter), progress_(progress), width_(width), color_(color) {}

  std::string text() {
    add(Line(fmt::format("{}: how far you are", chapter_.title), palette::title));
    add(Line());
    for (std::size_t n = 0; n < progress_.steps.size(); ++n) step_line(n);
    add(Line());
    total();
    const auto first = first_open();
    if (progress_.silent && !stopped_in_a_step()) {
      stopped_silently();
    } else if (first == progress_.steps.end()) {
      add(Line());
      add(Line("Everything is done.", palette::good));
    } else {
      next(static_cast<std::size_t>(first - progress_.steps.begin()));
    }
    prints();
    return out_;
  }

 private:
  /// What is wrong goes before what is not written: there is more to say of it.
  std::vector<JudgedStep>::const_iterator first_open() const {
    const auto wrong =
        std::find_if(progress_.steps.begin(), progress_.steps.end(),
                     [](const JudgedStep& step) { return step.result.verdict == Verdict::wrong; });
    if (wrong != progress_.steps.end()) return wrong;
    return std::find_if(progress_.steps.begin(), progress_.steps.end(), [](const JudgedStep& step) {
      return step.result.verdict != Verdict::done;
    });
  }

  void stopped_silently() {
    add(Line());
    add(Line("The program did not come to its end:", palette::title));
    words(render::printable(progress_.problem), 4, palette::bad);
    add(Line());
    words(
        "It was stopped before it could tell what any step had computed. An index beyond the end "
        "of "
        "a tensor, or a loop that never ends? To find it, write \"return f;\" (or \"return b;\") "
        "in "
        "front of the step that you changed last: what stands before it is judged again.",
        2);
  }

  bool stopped_in_a_step() const {
    return std::any_of(progress_.steps.begin(), progress_.steps.end(),
                       [](const JudgedStep& step) { return !step.stopped.empty(); });
  }

  /// ", in case 01"
  std::string where_it_stopped(const JudgedStep& step) const {
    const auto stop = progress_.stopped.find(step.result.step);
    return stop == progress_.stopped.end() ? "" : ", in case " + stop->second.in_case;
  }

  /// "an error ended it: index (3, 0) in a tensor of shape …"
  std::string how_it_stopped(const JudgedStep& step) const {
    const auto stop = progress_.stopped.find(step.result.step);
    if (stop == progress_.stopped.end()) return render::printable(step.stopped);
    const std::string& says = stop->second.says;
    return render::printable(stop->second.problem + (says.empty() ? "" : ": " + says));
  }

  /// What the program printed itself, to find a fault perhaps.
  void prints() {
    if (progress_.printed.empty()) return;
    constexpr std::size_t most_lines = 10;
    add(Line());
    add(Line("  Your program printed (it changes no points):", palette::faint));
    std::istringstream lines(progress_.printed);
    std::size_t count = 0;
    for (std::string line; std::getline(lines, line) && count++ < most_lines;) {
      add(Line("  | ", palette::faint).add(render::printable(line)));
    }
    if (count > most_lines) add(Line("  | …", palette::faint));
  }

  void add(const Line& line) { line.write(out_, width_, color_); }

  void words(const std::string& text, std::size_t indent, const render::Style& style = {}) {
    for (const std::string& line : render::wrap(text, width_ - indent)) {
      add(Line(std::string(indent, ' ')).add(line, style));
    }
  }

  /// A command to copy is never cut.
  void command(const std::string& what, const std::string& line) {
    Line whole("  " + what + ":  ", palette::faint);
    whole.add(line, palette::label).write(out_, 1000, color_);
  }

  void step_line(std::size_t n) {
    const JudgedStep& step = progress_.steps[n];
    std::size_t widest = 0;
    for (const JudgedStep& other : progress_.steps) {
      widest = std::max(widest, other.result.step.size());
    }
    const bool right = step.result.verdict == Verdict::done;
    const bool wrong = step.result.verdict == Verdict::wrong;
    Line line("  ");
    line.add(right   ? "✓"
             : wrong ? "✗"
                     : "·",
             right   ? palette::good
             : wrong ? palette::bad
                     : palette::faint);
    line.add(" " + step.result.step).pad_to(4 + widest + 2);
    line.add(fmt::format("{:>4} of {:<4}", grading::points_text(step.result.points),
                         grading::points_text(step.result.possible)));
    std::string note = right ? "done"
                       : wrong
                           ? step.result.mistake.empty() ? "wrong" : "wrong: " + step.result.mistake
                       : progress_.silent ? "not known"
                                          : "not written";
    if (!step.stopped.empty()) note = "stops the program";
    add(line.add(note, right ? palette::text : wrong ? palette::bad : palette::faint));
  }

  void total() {
    double left = 0.0;
    for (std::size_t n = 0; n < progress_.steps.size(); ++n) {
      if (progress_.steps[n].result.verdict == Verdict::done) continue;
      left += progress_.assignment.steps[n].minutes;
    }
    const double points = progress_.points();
    const double possible = progress_.assignment.points();
    Line line = bar_line(points, possible);
    line.add(fmt::format("  {} of {} points", grading::points_text(points),
                         grading::points_text(possible)),
             palette::title);
    if (left > 0.0) line.add("; about " + time_text(left) + " to go");
    add(line);
  }

  /// The right numbers that a wrong cell is made of.
  void made_of(const grading::Fault& fault) {
    const char* what = "made of";
    for (const PublicCase& of : public_cases(std::string(chapter_.name))) {
      if (of.name != fault.in_case) continue;
      for (const std::string& line :
           grading::operands(io::read_trace(of.answer), fault.difference)) {
        add(Line("    ").add(what, palette::faint).pad_to(16).add(line));
        what = "";
      }
    }
  }

  void next(std::size_t n) {
    const JudgedStep& judged = progress_.steps[n];
    const grading::Step& step = progress_.assignment.steps[n];
    const io::Place place = place_of(step.id);
    const bool wrong = judged.result.verdict == Verdict::wrong;
    add(Line());
    add(Line(wrong ? "The first that is not right: " : "Next: ", palette::title)
            .add(step.id, palette::heading));
    if (!progress_.formulas[n].empty()) words(progress_.formulas[n], 2, palette::formula);
    words(fmt::format("in {}, {}, about {}", to_string(place), step.difficulty,
                      time_text(step.minutes)),
          2, palette::faint);
    for (const JudgedStep& other : progress_.steps) {
      if (other.stopped.empty() || !judged.stopped.empty()) continue;
      add(Line());
      words(other.result.step + " stops the program" + where_it_stopped(other) + ": " +
                how_it_stopped(other),
            2, palette::bad);
      break;
    }
    if (!judged.stopped.empty()) {
      add(Line());
      words("The program stopped in this step, or just before it" + where_it_stopped(judged) + ":",
            2);
      words(how_it_stopped(judged), 4, palette::bad);
    } else if (wrong && judged.fault) {
      add(Line());
      const std::string where = fmt::format("In case {}:\n", judged.fault->in_case);
      out_ += "  " + where + render::render_difference(judged.fault->difference, color_);
      made_of(*judged.fault);
    }
    if (!judged.result.mistake.empty()) {
      add(Line());
      words("The numbers are those of a known mistake: " + judged.result.mistake + ".", 2,
            palette::bad);
      for (const grading::Mistake& mistake : step.mistakes) {
        if (mistake.name == judged.result.mistake) words(mistake.says, 2);
      }
    } else if (wrong) {
      add(Line());
      if (!judged.diagnosis.empty()) words(judged.diagnosis, 2, palette::bad);
      words("Hint: " + step.hints.front(), 2);
    }
    add(Line());
    if (wrong && judged.fault) {
      command("All its numbers", fmt::format("./attn {0} tests/public/{0}/{1}.yaml --gradients",
                                             chapter_.name, judged.fault->in_case));
    }
    command("A hint", "./attn hint " + step.id);
  }

  const chapters::Chapter& chapter_;
  const Progress& progress_;
  std::size_t width_;
  bool color_;
  std::string out_;
};

}  // namespace

std::string render_course(const std::vector<std::pair<std::string, Progress>>& chapters,
                          std::size_t width, bool color) {
  std::string out;
  double points = 0.0;
  double possible = 0.0;
  const auto add = [&](const std::string& name, double got, double of) {
    Line line = bar_line(got, of);
    line.add(
        fmt::format("  {:>5} of {:<5}  ", grading::points_text(got), grading::points_text(of)));
    line.add(name, palette::name).write(out, width, color);
  };
  for (const auto& [name, progress] : chapters) {
    add(name, progress.points(), progress.assignment.points());
    points += progress.points();
    possible += progress.assignment.points();
  }
  if (chapters.size() > 1) add("all", points, possible);
  return out;
}

std::string render_progress(const chapters::Chapter& chapter, const Progress& progress,
                            std::size_t width, bool color) {
  return View(chapter, progress, width, color).text();
}

}  // namespace attn::cli
