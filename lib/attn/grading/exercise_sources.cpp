#include <fmt/format.h>

#include <filesystem>

#include "attn/grading/harness.hpp"
#include "attn/grading/marks.hpp"
#include "attn/io/files.hpp"
#include "attn/io/suggestions.hpp"

namespace attn::grading {
namespace {

constexpr std::uintmax_t largest_source = 1 << 20;

std::string plural(double points) {
  return fmt::format("{} point{}", points, points == 1.0 ? "" : "s");
}

/// What stands in a step's place in the student's source.
std::string note_of(const Step& step, const FieldText* field) {
  std::string note = fmt::format("STEP {} ({})", step.id, plural(step.points));
  if (field == nullptr) return note;
  if (!field->formula.empty()) note += ": " + field->formula;
  if (!field->source.empty()) note += ", " + field->source;
  note += field->axes.empty()
              ? ". A number."
              : fmt::format(". Shape ({}).", fmt::join(
                                                 [&] {
                                                   std::vector<std::string> axes;
                                                   std::string axis;
                                                   for (const char c : field->axes + ",") {
                                                     if (c != ',') {
                                                       axis += c;
                                                     } else {
                                                       axes.push_back(axis);
                                                       axis.clear();
                                                     }
                                                   }
                                                   return axes;
                                                 }(),
                                                 ", "));
  return note;
}

}  // namespace

ExerciseSources exercise_sources(const std::string& source_folder,
                                 const std::vector<Assignment>& assignments) {
  ExerciseSources sources;
  std::map<std::string, std::map<std::string, std::string>> notes;
  std::map<std::string, std::map<std::string, std::vector<std::string>>> mistakes;
  std::map<std::string, Marked> marked;
  for (const Assignment& assignment : assignments) {
    for (const std::string& mechanism : assignment.mechanisms()) {
      const std::string stem = source_folder + "/lib/attn/mechanisms/" + mechanism;
      if (marked.contains(mechanism)) continue;
      marked[mechanism] = take_apart(mechanism, io::read_file(stem + ".cpp", largest_source));
    }
    for (const Step& step : assignment.steps) {
      const std::string mechanism = step.mechanism();
      const Marked& source = marked[mechanism];
      if (source.find(step.id) == nullptr) {
        std::vector<std::string> ids;
        for (const MarkedStep& known : source.steps) ids.push_back(known.id);
        throw io::InputError(
            io::Place{.source = "chapters/exercises/" + assignment.chapter + ".yaml"},
            fmt::format("lib/attn/mechanisms/{}.cpp has no step {}{}", mechanism, step.id,
                        io::suggestion(step.id, ids)));
      }
      const std::map<std::string, FieldText> fields = fields_of(io::read_file(
          source_folder + "/lib/attn/mechanisms/" + mechanism + ".hpp", largest_source));
      const auto field = fields.find(step.field());
      notes[mechanism][step.id] = note_of(step, field == fields.end() ? nullptr : &field->second);
      for (const Mistake& mistake : step.mistakes) {
        mistakes[mechanism][step.id].push_back(mistake.code);
      }
    }
  }
  for (const auto& [mechanism, source] : marked) {
    sources.blanks[mechanism] = blanked(source, notes[mechanism]);
    sources.keys[mechanism] = answer_key(source, mistakes[mechanism]);
  }
  return sources;
}

}  // namespace attn::grading
