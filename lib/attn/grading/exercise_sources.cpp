#include "attn/grading/exercise_sources.hpp"

#include "attn/grading/student_tree.hpp"

namespace attn::grading {

ExerciseSources exercise_sources(const Library& library) {
  std::vector<std::string> chapters;
  std::map<std::string, std::vector<std::string>> mistakes;
  for (const Assignment& table : library.tables()) {
    chapters.push_back(table.chapter);
    for (const Step& step : table.steps) {
      for (const Mistake& mistake : step.mistakes) mistakes[step.id].push_back(mistake.code);
    }
  }
  const Choice all = choose(library, chapters);
  const auto always = [](const std::string&, const std::string&) { return true; };
  const Notes notes = notes_of(library, all, asked(all, always));
  ExerciseSources sources;
  for (const auto& [mechanism, steps] : all.blank) {
    const Marked& marked = library.mechanisms().at(mechanism);
    sources.blanks[mechanism] = blanked(marked, steps, notes);
    sources.keys[mechanism] = answer_key(marked, steps, mistakes);
  }
  return sources;
}

}  // namespace attn::grading
