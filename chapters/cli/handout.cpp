#include "chapters/cli/handout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "attn/grading/cases.hpp"
#include "attn/grading/evidence.hpp"
#include "attn/grading/parallel.hpp"
#include "attn/grading/process/own_folder.hpp"
#include "attn/grading/report/marks.hpp"
#include "attn/grading/student_tree.hpp"
#include "attn/io/files.hpp"
#include "attn/io/output.hpp"
#include "attn/io/trace_json.hpp"
#include "chapters/cli/commands.hpp"
#include "chapters/cli/course.hpp"
#include "chapters/registry.hpp"

namespace attn::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t public_seed = 1;
constexpr std::size_t public_cases_count = 8;
constexpr std::size_t hidden_cases_count = 10;

std::vector<grading::ChapterName> names_of(std::span<const chapters::Chapter* const> chapters) {
  std::vector<grading::ChapterName> names;
  for (const chapters::Chapter* chapter : chapters) names.push_back({std::string(chapter->name)});
  return names;
}

/// The public cases of a chapter with what is right and what each known mistake gives.
void add_public_cases(grading::Tree& tree, const chapters::Chapter& chapter,
                      const grading::Harness& harness) {
  const grading::Assignment assignment = assignment_of(chapter);
  const std::vector<grading::CaseConfig> drawn =
      grading::draw_cases(assignment, chapter.schema(), public_seed, public_cases_count);
  const grading::OwnFolder folder("attn");
  std::vector<std::string> answers(drawn.size());
  grading::in_parallel(2, drawn.size(), [&](std::size_t n) {
    const std::string config = folder.path() + "/" + drawn[n].name + ".yaml";
    const std::string given = folder.path() + "/" + drawn[n].name + ".json";
    io::write_file(config, drawn[n].yaml);
    grading::Case of = grading::case_from_key(harness.answer_key(), drawn[n].name, config);
    io::write_file(given, io::to_json(of.key));
    trace::Step mistakes = grading::mistakes_of(harness.answer_key(), assignment, of, given);
    of.key.steps.insert(of.key.steps.end() - 1, std::move(mistakes));
    answers[n] = io::to_json(of.key);
  });
  for (std::size_t n = 0; n < drawn.size(); ++n) {
    const std::string stem = fmt::format("tests/public/{}/{}", chapter.name, drawn[n].name);
    tree.files[stem + ".yaml"] = drawn[n].yaml;
    tree.files[stem + ".json"] = answers[n];
  }
}

std::vector<const chapters::Chapter*> named(const std::vector<std::string>& names) {
  std::vector<const chapters::Chapter*> chosen;
  for (const chapters::Chapter* chapter : chapters::all()) {
    if (std::find(names.begin(), names.end(), chapter->name) != names.end())
      chosen.push_back(chapter);
  }
  return chosen;
}

void expect_full_checkout(const char* command) {
  if (!is_handout()) return;
  throw io::InputError(io::Place{.source = command},
                       "this is a student's tree, which has no solutions; run it in the teacher's "
                       "checkout");
}

/// The project, the hidden cases and the two scripts that Gradescope runs.
grading::Tree autograder(const std::vector<const chapters::Chapter*>& chosen, std::uint64_t seed) {
  grading::Tree tree;
  const std::string root = checkout().source;
  for (const char* part : {"lib", "chapters", "configs", "cmake", "completions", "CMakeLists.txt",
                           "CMakePresets.json", "LICENSE", "README.md", "attn"}) {
    const fs::path path = fs::path(root) / part;
    if (fs::is_regular_file(path)) {
      tree.files[std::string("attn/") + part] = io::read_file(path.string(), 1 << 24);
      continue;
    }
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(path)) {
      if (!entry.is_regular_file()) continue;
      tree.files["attn/" + fs::relative(entry.path(), root).generic_string()] =
          io::read_file(entry.path().string(), 1 << 24);
    }
  }
  for (const chapters::Chapter* chapter : chosen) {
    for (const grading::CaseConfig& drawn : grading::draw_cases(
             assignment_of(*chapter), chapter->schema(), seed, hidden_cases_count)) {
      tree.files[fmt::format("cases/{}-{}.yaml", chapter->name, drawn.name)] = drawn.yaml;
    }
  }
  tree.files["setup.sh"] = gradescope_setup();
  tree.files["run_autograder"] = gradescope_run();
  tree.programs = {"attn/attn", "setup.sh", "run_autograder"};
  return tree;
}

}  // namespace

int handout(const Handout& handout) {
  expect_full_checkout("handout");
  const std::vector<const chapters::Chapter*> chosen = named(handout.chapters);
  grading::expect_new_folder(handout.out);  // before the work, not after it
  if (handout.gradescope) {
    grading::write_tree(autograder(chosen, handout.seed), handout.out);
    print(fmt::format(
        "{0} has what Gradescope's autograder needs, with {1} hidden cases for each chapter.\n"
        "Make a zip of it and upload that:  cd {0} && zip -qr ../autograder.zip .\n"
        "Choose Ubuntu 24.04 as its base image. Keep it to yourself: it has the solutions.\n",
        handout.out, hidden_cases_count));
    return done;
  }
  const grading::Harness harness(checkout(), all_assignments());
  std::vector<grading::Assignment> given;
  for (const chapters::Chapter* chapter : chosen) given.push_back(assignment_of(*chapter));
  grading::Tree tree =
      grading::student_tree(checkout().source, names_of(chapters::all()), names_of(chosen), given);
  for (const chapters::Chapter* chapter : chosen) add_public_cases(tree, *chapter, harness);
  tree.files["ASSIGNMENT.md"] = assignment_page(chosen);
  tree.files["README.md"] = student_readme(chosen);
  if (handout.github) tree.files[".github/workflows/attn.yml"] = github_workflow(chosen);
  for (const auto& [file, text] : tree.files) {
    const std::vector<std::string> found = grading::solutions_in(text, checkout().source, given);
    if (found.empty()) continue;
    throw std::runtime_error(file + " would give away the solution of " + found.front() +
                             "; nothing was written");
  }
  grading::write_tree(tree, handout.out);
  const Load load = load_of(chosen);
  print(
      fmt::format("{} is a student's tree: {} steps, {} points, about {} of work.\n"
                  "What students read first is {}/ASSIGNMENT.md.\n",
                  handout.out, load.steps, grading::points_text(load.points),
                  time_text(load.minutes), handout.out));
  return done;
}

int cases(const chapters::Chapter& chapter, std::uint64_t seed, std::size_t count,
          const std::string& out) {
  const grading::Assignment assignment = assignment_of(chapter);
  if (assignment.cases.axes.empty()) {
    throw io::InputError(io::Place{.source = "cases"},
                         "a student's tree does not say how cases are drawn; run it in the "
                         "teacher's checkout");
  }
  grading::Tree tree;
  for (const grading::CaseConfig& drawn :
       grading::draw_cases(assignment, chapter.schema(), seed, count)) {
    tree.files[fmt::format("{}-{}.yaml", chapter.name, drawn.name)] = drawn.yaml;
  }
  std::error_code error;
  for (const auto& [file, text] : tree.files) {
    if (!fs::exists(fs::path(out) / file, error)) continue;
    throw io::InputError(io::Place{.source = out + "/" + file},
                         "is there already, expected a folder without cases of this chapter");
  }
  fs::create_directories(out, error);
  if (error) {
    throw io::InputError(io::Place{.source = out}, "cannot make the folder: " + error.message());
  }
  for (const auto& [file, text] : tree.files) io::write_file((fs::path(out) / file).string(), text);
  print(fmt::format("{} cases of {} in {}\n", count, chapter.name, out));
  return done;
}

}  // namespace attn::cli
