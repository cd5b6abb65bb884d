#include "chapters/cli/footer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "attn/core/exercise.hpp"
#include "attn/render/display_width.hpp"
#include "attn/render/page.hpp"
#include "chapters/cli/course.hpp"
#include "chapters/cli/reminder.hpp"
#include "chapters/cli/run.hpp"

namespace attn::cli {
namespace {

namespace palette = render::palette;
using render::Line;

/// The steps that computed something in a run of the whole chapter, and what stopped it.
struct Reached {
  std::set<std::string> steps;
  std::string problem;
};

Reached reached(const chapters::Chapter& chapter, const io::Source& source) {
  Reached reached;
  exercise::Watch watch;
  watch.on_event = [&](const exercise::Event& event) -> std::optional<exercise::Value> {
    if (!event.own.values.empty()) reached.steps.insert(event.step);
    return std::nullopt;
  };
  exercise::set_watch(&watch);
  const Reminder reminder{std::string(chapter.name)};
  reached.problem = attempt(chapter, source, {}, {.gradients = true}).problem;
  exercise::set_watch(nullptr);
  return reached;
}

}  // namespace

std::string footer(const chapters::Chapter& chapter, const io::Source& source, std::size_t width,
                   bool color) {
  if (!is_handout()) return "";
  const grading::Assignment assignment = assignment_of(chapter);
  const Reached run = reached(chapter, source);
  const auto next =
      std::find_if(assignment.steps.begin(), assignment.steps.end(),
                   [&](const grading::Step& step) { return !run.steps.contains(step.id); });
  if (next == assignment.steps.end()) return "";

  std::string out;
  const auto add = [&](const Line& line) { line.write(out, width, color); };
  const auto words = [&](const std::string& text, const render::Style& style) {
    for (const std::string& line : render::wrap(text, width - 3)) add(Line("   ").add(line, style));
  };
  const auto computed =
      std::count_if(assignment.steps.begin(), assignment.steps.end(),
                    [&](const grading::Step& step) { return run.steps.contains(step.id); });
  add(Line());
  add(Line("── ", palette::faint)
          .add(fmt::format("{} of {} steps compute something", computed, assignment.steps.size()),
               palette::heading)
          .add(" " + std::string(), palette::faint));
  add(Line());
  if (run.problem.empty()) {
    add(Line("   Not written yet: ").add(next->id, palette::name));
  } else {
    add(Line("   The program stops at ").add(next->id, palette::name).add(", or just before it:"));
    words(render::printable(run.problem), palette::bad);
  }
  add(Line("   in " + to_string(place_of(next->id))));
  add(Line());
  add(Line(fmt::format("   ./attn hint {}    ./attn grade {}", next->id, chapter.name),
           palette::faint));
  return out;
}

}  // namespace attn::cli
