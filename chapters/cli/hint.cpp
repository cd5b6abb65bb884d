#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "attn/io/suggestions.hpp"
#include "attn/render/page.hpp"
#include "chapters/cli/commands.hpp"
#include "chapters/cli/course.hpp"
#include "chapters/cli/grade.hpp"

namespace attn::cli {
namespace {

/// Which steps have had their first hint: a line for each.
std::string memory() { return checkout().build + "/hints.txt"; }

bool was_asked(const std::string& step) {
  std::ifstream lines(memory());
  for (std::string line; std::getline(lines, line);) {
    if (line == step) return true;
  }
  return false;
}

void remember(const std::string& step) {
  std::ofstream lines(memory(), std::ios::app);  // where it cannot be written, the first hint stays
  lines << step << '\n';
}

}  // namespace

int hint(const std::string& id) {
  std::vector<std::string> ids;
  for (const grading::Assignment& assignment : all_assignments()) {
    const grading::Step* step = assignment.find(id);
    for (const grading::Step& known : assignment.steps) ids.push_back(known.id);
    if (step == nullptr) continue;
    const bool again = was_asked(id);
    const std::string& said = step->hints[again ? 1 : 0];
    std::string text = fmt::format("{} ({} of {}), in {}\n\n", id, again ? "hint 2" : "hint 1",
                                   step->hints.size(), to_string(place_of(id)));
    for (const std::string& line : render::wrap(said, output_width() - 2))
      text += "  " + line + "\n";
    if (!again) text += fmt::format("\nFor the second hint ask again:  ./attn hint {}\n", id);
    say(text);
    remember(id);
    return done;
  }
  std::string same;  // a field alone, "scores", is what one types; several mechanisms may have it
  for (const std::string& known : ids) {
    if (known.ends_with("." + id)) same += (same.empty() ? "" : ", ") + known;
  }
  if (!same.empty()) {
    throw io::InputError(io::Place{.source = "hint"},
                         fmt::format("found \"{}\", expected the mechanism too: {}", id, same));
  }
  throw io::InputError(io::Place{.source = "hint"},
                       fmt::format("no step is called \"{}\"{}", id, io::suggestion(id, ids)));
}

}  // namespace attn::cli
