#include "chapters/cli/handout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <set>

#include "attn/grading/cases.hpp"
#include "attn/grading/evidence.hpp"
#include "attn/grading/harness.hpp"
#include "attn/grading/parallel.hpp"
#include "attn/grading/process/own_folder.hpp"
#include "attn/grading/report/marks.hpp"
#include "attn/grading/solutions.hpp"
#include "attn/grading/student_tree.hpp"
#include "attn/io/files.hpp"
#include "attn/io/output.hpp"
#include "attn/io/trace_json.hpp"
#include "chapters/cli/case_set.hpp"
#include "chapters/cli/commands.hpp"
#include "chapters/cli/course.hpp"
#include "chapters/registry.hpp"

namespace attn::cli {
namespace {

namespace fs = std::filesystem;

/// A public case, and where it is while we work.
struct PublicDraw {
  std::string chapter, yaml;
  grading::Case of;
};

/// The public cases of all chapters with what is right.
std::vector<PublicDraw> draw_public(const std::vector<const chapters::Chapter*>& chosen,
                                    const grading::Harness& harness,
                                    const grading::OwnFolder& folder) {
  std::vector<PublicDraw> all;
  for (const chapters::Chapter* chapter : chosen) {
    for (const grading::CaseConfig& drawn :
         case_set(*chapter, assignment_of(*chapter), harness, public_seed, drawn_cases).cases) {
      all.push_back({std::string(chapter->name), drawn.yaml, {}});
      all.back().of.name = drawn.name;
    }
  }
  grading::in_parallel(2, all.size(), [&](std::size_t n) {
    const std::string config = fmt::format("{}/{}.yaml", folder.path(), n);
    io::write_file(config, all[n].yaml);
    all[n].of = grading::case_from_key(harness.answer_key(), all[n].of.name, config);
  });
  return all;
}

/// Adds them, with what each known mistake gives.
void add_public_cases(grading::Tree& tree, std::vector<PublicDraw>& all, const std::string& key,
                      const std::vector<grading::Assignment>& asked,
                      const grading::OwnFolder& folder) {
  std::vector<std::string> answers(all.size());
  grading::in_parallel(2, all.size(), [&](std::size_t n) {
    const std::string given = fmt::format("{}/{}.json", folder.path(), n);
    trace::Trace& right = all[n].of.key;
    for (const grading::Assignment& assignment : asked) {
      if (assignment.chapter != all[n].chapter) continue;
      io::write_file(given, io::to_json(grading::asked_only(assignment, right)));
      trace::Step mistakes = grading::mistakes_of(key, assignment, all[n].of, given);
      right.steps.insert(right.steps.end() - 1, std::move(mistakes));
    }
    answers[n] = io::to_json(right);
  });
  for (std::size_t n = 0; n < all.size(); ++n) {
    const std::string stem = fmt::format("tests/public/{}/{}", all[n].chapter, all[n].of.name);
    tree.files[stem + ".yaml"] = all[n].yaml;
    tree.files[stem + ".json"] = answers[n];
  }
}

/// Before anything is computed: no solution may stand in a file that all of this leaves in the
/// tree.
void expect_no_solution(const grading::Solutions& solutions, const grading::Tree& tree) {
  for (const auto& [file, text] : tree.files) {
    const std::vector<std::string> found = solutions.in(text);
    if (found.empty()) continue;
    throw std::runtime_error(fmt::format(
        "{} would give away the solution of {}; nothing was written. Hand these chapters "
        "out one after the other, or name the step or the mechanism under `twins:` or "
        "`hollow:` in the chapter's exercises (docs/writing-a-chapter.md)",
        file, found.front()));
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
  const grading::Harness harness(checkout(), all_assignments());
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
    for (const grading::CaseConfig& drawn :
         case_set(*chapter, assignment_of(*chapter), harness, seed, drawn_cases).cases) {
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
    const grading::Tree tree = autograder(chosen, handout.seed);
    grading::write_tree(tree, handout.out);
    const auto hidden = std::count_if(tree.files.begin(), tree.files.end(), [](const auto& file) {
      return file.first.starts_with("cases/");
    });
    say(fmt::format(
        "{0} has what Gradescope's autograder needs, with {1} hidden cases.\n"
        "Make a zip of it and upload that:  cd {0} && zip -qr ../autograder.zip .\n"
        "Choose Ubuntu 24.04 as its base image. Keep it to yourself: it has the solutions.\n",
        handout.out, hidden));
    return done;
  }
  const grading::Library library(checkout().source, all_assignments());
  const grading::Choice choice = grading::choose(library, handout.chapters);
  const grading::Solutions solutions(library, choice);
  expect_no_solution(solutions, grading::student_tree(library, choice, choice.own));

  const grading::Harness harness(checkout(), all_assignments());
  const std::string& key = harness.answer_key();
  const grading::OwnFolder folder("attn");
  std::vector<PublicDraw> cases = draw_public(chosen, harness, folder);
  const std::vector<grading::Assignment> asked =
      grading::asked(choice, [&](const std::string& chapter, const std::string& step) {
        return std::any_of(cases.begin(), cases.end(), [&](const PublicDraw& drawn) {
          return drawn.chapter == chapter && grading::comes_to(drawn.of.key, step);
        });
      });
  grading::Tree tree = grading::student_tree(library, choice, asked);
  add_public_cases(tree, cases, key, asked, folder);
  tree.files["ASSIGNMENT.md"] = assignment_page(chosen, asked);
  tree.files["README.md"] = student_readme(chosen);
  if (handout.github) tree.files[".github/workflows/attn.yml"] = github_workflow(chosen, asked);
  expect_no_solution(solutions, tree);
  grading::write_tree(tree, handout.out);
  const Load load = load_of(asked);
  say(
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
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(out, error)) {
    const std::string file = entry.path().filename().string();
    const bool is_case = entry.path().extension() == ".yaml" &&
                         file.starts_with(std::string(chapter.name) + "-") &&
                         std::isdigit(static_cast<unsigned char>(file[chapter.name.size() + 1]));
    if (!is_case) continue;
    throw io::InputError(io::Place{.source = out + "/" + file},
                         "is there already, expected a folder without cases of this chapter");
  }
  fs::create_directories(out, error);
  if (error) {
    throw io::InputError(io::Place{.source = out}, "cannot make the folder: " + error.message());
  }
  const grading::Harness harness(checkout(), all_assignments());
  const CaseSet set = case_set(chapter, assignment, harness, seed, count);
  for (const grading::CaseConfig& config : set.cases) {
    const std::string file = fmt::format("{}-{}.yaml", chapter.name, config.name);
    io::write_file((fs::path(out) / file).string(), config.yaml);
  }
  say(described(chapter, set));
  return done;
}

}  // namespace attn::cli
