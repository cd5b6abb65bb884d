#include "chapters/cli/course.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <sstream>

#include "attn/io/files.hpp"
#include "attn/io/source.hpp"
#include "chapters/registry.hpp"

namespace attn::cli {
namespace {

namespace fs = std::filesystem;

std::string table_of(const std::string& chapter) {
  return checkout().source + "/chapters/exercises/" + chapter + ".yaml";
}

std::string cases_of(const std::string& chapter) {
  return checkout().source + "/tests/public/" + chapter;
}

}  // namespace

grading::Checkout checkout() { return {ATTN_SOURCE_DIR, ATTN_BINARY_DIR}; }

bool is_handout() {
  std::error_code error;
  return fs::is_directory(checkout().source + "/tests/public", error);
}

grading::Assignment assignment_of(const chapters::Chapter& chapter) {
  const std::string path = table_of(std::string(chapter.name));
  std::error_code error;
  if (!fs::exists(path, error)) {
    throw io::InputError(io::Place{.source = std::string(chapter.name)},
                         "has no exercises here, expected " + path);
  }
  return grading::assignment_from_yaml(io::read_source(path));
}

std::vector<grading::Assignment> all_assignments() {
  std::vector<grading::Assignment> assignments;
  for (const chapters::Chapter* chapter : chapters::all()) {
    std::error_code error;
    if (fs::exists(table_of(std::string(chapter->name)), error)) {
      assignments.push_back(assignment_of(*chapter));
    }
  }
  return assignments;
}

std::vector<PublicCase> public_cases(const std::string& chapter) {
  std::vector<PublicCase> cases;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(cases_of(chapter), error)) {
    if (entry.path().extension() != ".yaml") continue;
    cases.push_back({entry.path().stem().string(), entry.path().string(),
                     fs::path(entry.path()).replace_extension(".json").string()});
  }
  if (cases.empty()) {
    throw io::InputError(
        io::Place{.source = chapter},
        is_handout() ? "is not part of this assignment; expected tests/public/" + chapter
                     : "is solved in this checkout, so there is nothing to grade. Make a student's "
                       "tree with:  ./attn handout " +
                           chapter + " --out DIR");
  }
  std::sort(cases.begin(), cases.end(),
            [](const PublicCase& a, const PublicCase& b) { return a.name < b.name; });
  return cases;
}

std::vector<const chapters::Chapter*> handed_out() {
  std::vector<const chapters::Chapter*> chapters;
  for (const chapters::Chapter* chapter : chapters::all()) {
    std::error_code error;
    if (fs::is_directory(cases_of(std::string(chapter->name)), error)) chapters.push_back(chapter);
  }
  return chapters;
}

io::Place place_of(const std::string& step) {
  io::Place place{.source = "lib/attn/mechanisms/" + step.substr(0, step.find('.')) + ".cpp"};
  try {
    std::istringstream lines(io::read_file(checkout().source + "/" + place.source, largest_source));
    std::size_t number = 0;
    for (std::string line; std::getline(lines, line);) {
      ++number;
      if (line.find("STEP " + step + " ") != std::string::npos) {
        place.line = number;
        place.column = 3;
        return place;
      }
      if (line.find("done(\"" + step + "\"") == std::string::npos) continue;
      place.line = number;
      place.column = 3;
    }
  } catch (const io::InputError&) {  // the file is gone; the build says so
  }
  return place;
}

Load load_of(const std::vector<grading::Assignment>& assignments) {
  Load load;
  for (const grading::Assignment& assignment : assignments) {
    load.steps += assignment.steps.size();
    load.points += assignment.points();
    load.minutes += assignment.minutes();
  }
  return load;
}

std::string time_text(double minutes) {
  if (minutes < 60.0) return fmt::format("{:.0f} minutes", std::ceil(minutes));
  const double hours = std::round(minutes / 30.0) / 2.0;
  return fmt::format("{:.2g} hour{}", hours, hours == 1.0 ? "" : "s");
}

}  // namespace attn::cli
