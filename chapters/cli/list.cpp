#include <fmt/format.h>

#include "chapters/cli/commands.hpp"
#include "chapters/cli/course.hpp"
#include "chapters/registry.hpp"

namespace attn::cli {
namespace {

std::string chapter_lines() {
  std::size_t widest = 0;
  for (const chapters::Chapter* chapter : chapters::all()) {
    widest = std::max(widest, chapter->name.size());
  }
  std::string lines;
  std::size_t number = 0;
  for (const chapters::Chapter* chapter : chapters::all()) {
    lines +=
        fmt::format("  {:>2}  {:<{}}  {}\n", ++number, chapter->name, widest, chapter->summary);
  }
  return lines;
}

}  // namespace

int welcome() {
  if (is_handout()) {
    say("This is an assignment: ASSIGNMENT.md says what to do. How far you are:\n"
        "  attn grade\n\n");
  }
  say(
      fmt::format("attn computes attention in front of you, step by step.\n\n"
                  "Start with:\n"
                  "  attn {0}\n\n"
                  "The chapters, in reading order:\n{1}\n"
                  "Then change a number and look again:\n"
                  "  attn {0} --show-config > mine.yaml    # edit it\n"
                  "  attn {0} mine.yaml\n\n"
                  "attn --help lists every command, attn CHAPTER --help every option.\n",
                  chapters::all().front()->name, chapter_lines()));
  return done;
}

int list(bool names_only) {
  if (!names_only) return say(chapter_lines()), done;
  for (const chapters::Chapter* chapter : chapters::all()) {
    print(std::string(chapter->name) + "\n");
  }
  return done;
}

}  // namespace attn::cli
