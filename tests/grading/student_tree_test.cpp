/// What students get, for each chapter alone and for all of them.
#include "attn/grading/student_tree.hpp"

#include <catch2/catch_test_macros.hpp>
#include <regex>
#include <set>

#include "attn/grading/solutions.hpp"
#include "attn/io/fault.hpp"
#include "tests/grading/tables.hpp"
#include "tests/support/message.hpp"
#include "tests/support/program.hpp"

using namespace attn::grading;
using namespace attn::grading::test;
using attn::test::Folder;
using attn::test::message_of;

namespace {

namespace fs = std::filesystem;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// Read once for all tests.
const Library& library() {
  static const Library library(root, all_tables());
  return library;
}

/// As if every shared step were needed.
std::vector<Assignment> all_asked(const Choice& choice) {
  return asked(choice, [](const std::string&, const std::string&) { return true; });
}

Tree tree_of(const Choice& choice) { return student_tree(library(), choice, all_asked(choice)); }

/// Where a line `#include "…"` of a file points, in the tree.
std::vector<std::string> includes_in(const std::string& text) {
  static const std::regex include(R"re((?:^|\n)\s*#\s*include "([^"]+)")re");
  std::vector<std::string> files;
  for (std::sregex_iterator at(text.begin(), text.end(), include), end; at != end; ++at) {
    const std::string path = (*at)[1];
    files.push_back(path.starts_with("attn/") ? "lib/" + path : path);
  }
  return files;
}

/// A tree is complete, and has no solution in it.
void expect_tree(const std::vector<std::string>& chosen) {
  const Choice choice = choose(library(), chosen);
  REQUIRE(choice.own.size() == chosen.size());
  const std::vector<Assignment> given = all_asked(choice);
  const Tree tree = student_tree(library(), choice, given);
  const Solutions solutions(library(), choice);
  const auto has = [&](const std::string& file) { return tree.files.contains(file); };

  for (const auto& [file, text] : tree.files) {
    INFO(file);
    CHECK(solutions.in(text).empty());
    CHECK_FALSE(file.ends_with(".py"));
    if (file.starts_with("chapters/exercises/")) {
      CHECK_FALSE(contains(text, "code:"));
      CHECK_FALSE(contains(text, "cases:"));
      CHECK_FALSE(contains(text, "twins:"));
      CHECK_NOTHROW(assignment_from_yaml({file, text}));
    }
    if (!file.ends_with(".hpp") && !file.ends_with(".cpp")) continue;
    for (const std::string& include : includes_in(text)) {
      INFO(include);
      CHECK(has(include));
    }
  }
  std::set<std::string> ids;
  for (const Assignment& assignment : given) {
    for (const Step& step : assignment.steps) {
      INFO(step.id);
      CHECK(ids.insert(step.id).second);  // asked once
      CHECK(contains(tree.files.at(source_of(step.mechanism())), "// STEP " + step.id + " ("));
    }
  }
  for (const auto& [mechanism, blank] : choice.blank) {
    const std::string& text = tree.files.at(source_of(mechanism));
    INFO(mechanism);
    for (const std::string& id : blank) CHECK(contains(text, "exercise::done(\"" + id + "\""));
    CHECK_FALSE(contains(text, "// step: "));
  }
  for (const ChapterName& chapter : all_names()) {
    INFO(chapter.name);
    const bool chosen_too = std::find(chosen.begin(), chosen.end(), chapter.name) != chosen.end();
    for (const std::string& file :
         {"chapters/" + chapter.stem() + ".cpp", "configs/" + chapter.name + ".yaml",
          "docs/chapters/" + chapter.name + ".md", "chapters/exercises/" + chapter.name + ".yaml",
          "configs/schema/" + chapter.name + ".json"}) {
      INFO(file);
      CHECK(has(file) == chosen_too);
    }
    CHECK(contains(tree.files.at("chapters/registry.cpp"), "&" + chapter.stem() + ",") ==
          chosen_too);
    CHECK(contains(tree.files.at("chapters/registry.hpp"), " " + chapter.stem() + ";") ==
          chosen_too);
  }
  for (const char* file :
       {"attn", "CMakeLists.txt", "CMakePresets.json", "LICENSE", "chapters/main.cpp",
        "lib/attn/core/exercise.hpp", "tests/CMakeLists.txt", "cmake/Harness.cmake"}) {
    CHECK(has(file));
  }
  CHECK(tree.programs == std::vector<std::string>{"attn"});
}

std::vector<std::string> all_chapters() {
  std::vector<std::string> names;
  for (const Assignment& table : library().tables()) names.push_back(table.chapter);
  return names;
}

/// The ids of what a chapter is asked beside its own steps.
StepIds shared_in(const std::vector<std::string>& chosen, const std::string& chapter) {
  const Choice choice = choose(library(), chosen);
  StepIds ids;
  const auto shared = choice.shared.find(chapter);
  if (shared == choice.shared.end()) return ids;
  for (const Step& step : shared->second) ids.insert(step.id);
  return ids;
}

Tree small() { return {{{"a.txt", "one"}, {"deep/er/b.txt", "two"}, {"run", "#!"}}, {"run"}}; }

std::size_t entries(const fs::path& folder) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

std::string said(const Tree& tree, const std::string& folder) {
  return message_of<attn::io::InputError>([&] { write_tree(tree, folder); });
}

}  // namespace

TEST_CASE("student tree: of each chapter alone it has no solution and is complete",
          "[grading][student_tree]") {
  for (const std::string& chapter : all_chapters()) {
    INFO(chapter);
    expect_tree({chapter});
  }
}

TEST_CASE("student tree: of all chapters it has no solution and is complete",
          "[grading][student_tree]") {
  expect_tree(all_chapters());
}

TEST_CASE("student tree: of each two chapters it has no solution", "[grading][student_tree]") {
  const std::vector<std::string> all = all_chapters();
  for (std::size_t a = 0; a < all.size(); ++a) {
    for (std::size_t b = a + 1; b < all.size(); ++b) {
      CAPTURE(all[a], all[b]);
      const Choice choice = choose(library(), {all[a], all[b]});
      const Solutions solutions(library(), choice);
      for (const auto& [file, text] : tree_of(choice).files) {
        // What is the same in every tree is looked at with all steps blank.
        if (!file.starts_with("lib/attn/mechanisms/")) continue;
        INFO(file);
        CHECK(solutions.in(text).empty());
      }
    }
  }
}

TEST_CASE("student tree: steps that are written alike are blank together, whatever their names",
          "[grading][student_tree]") {
  CHECK(shared_in({"scaled-dot-product", "bahdanau"}, "bahdanau") ==
        StepIds{"pooling.context", "pooling.d_scores", "pooling.d_values", "pooling.d_weights",
                "pooling.weights"});
  CHECK(shared_in({"bahdanau"}, "bahdanau").empty());
  CHECK(shared_in({"global-local"}, "global-local").empty());  // within one, its table decides
  // A table says which are alike though their operands have other names.
  CHECK(shared_in({"seq2seq", "bahdanau"}, "bahdanau").contains("gru.x_z"));
  const Choice choice = choose(library(), {"seq2seq", "bahdanau"});
  const std::string gru = tree_of(choice).files.at(source_of("gru"));
  CHECK(contains(gru, "// STEP gru.x_z (0.5 points): u^z_t = W_z x_t + b_z"));
  CHECK(contains(gru, "\n  f.candidate = "));
}

TEST_CASE("student tree: a shared step is asked once, where it is reached",
          "[grading][student_tree]") {
  const Choice choice = choose(library(), {"scaled-dot-product", "bahdanau", "soft-hard"});
  const auto asked_in = [&](const Reached& reached) {
    std::vector<std::string> chapters;
    for (const Assignment& assignment : asked(choice, reached)) {
      if (assignment.find("pooling.weights") != nullptr) chapters.push_back(assignment.chapter);
    }
    return chapters;
  };
  using Names = std::vector<std::string>;
  CHECK(asked_in([](const auto&, const auto&) { return true; }) == Names{"bahdanau"});
  CHECK(asked_in([](const auto& chapter, const auto&) { return chapter == "soft-hard"; }) ==
        Names{"soft-hard"});
  CHECK(asked_in([](const auto&, const auto&) { return false; }).empty());
  const Tree tree = student_tree(library(), choice,
                                 asked(choice, [](const auto&, const auto&) { return false; }));
  CHECK(contains(tree.files.at(source_of("pooling")), "// weights: no exercise here"));
  CHECK_FALSE(contains(tree.files.at(source_of("pooling")), "STEP"));
}

TEST_CASE("student tree: a mechanism that only shows how steps are written has no code",
          "[grading][student_tree]") {
  const Tree tree = tree_of(choose(library(), {"multi-head"}));
  for (const std::string mechanism : {"online_heads", "online_softmax"}) {
    INFO(mechanism);
    const std::string& text = tree.files.at(source_of(mechanism));
    CHECK(contains(text, "// Without its code"));
    CHECK(contains(text, "{ return {}; }"));
    CHECK_FALSE(contains(text, "="));
    CHECK_FALSE(tree.files.contains("tests/mechanisms/" + mechanism + "_test.cpp"));
  }
}

TEST_CASE("student tree: whatever is blank in an exercise's mechanism is a step of its table",
          "[grading][student_tree]") {
  for (const Assignment& table : library().tables()) {
    for (const std::string& mechanism : table.mechanisms()) {
      for (const MarkedStep& marked : library().mechanisms().at(mechanism).steps) {
        CAPTURE(table.chapter, marked.id);
        CHECK(table.find(marked.id) != nullptr);
      }
    }
  }
}

TEST_CASE("student tree: a chapter alone leaves out the mechanisms of the others",
          "[grading][student_tree]") {
  const Tree tree = tree_of(choose(library(), {"scaled-dot-product"}));
  CHECK(tree.files.contains("lib/attn/mechanisms/scaled_dot.cpp"));
  CHECK_FALSE(tree.files.contains("lib/attn/mechanisms/kernel_regression.cpp"));
  CHECK_FALSE(tree.files.contains("lib/attn/mechanisms/additive.cpp"));
  CHECK_FALSE(tree.files.contains("tests/mechanisms/additive_test.cpp"));
}

TEST_CASE("student tree: a chapter without exercises, and a twin that is not there, are errors",
          "[grading][student_tree][errors]") {
  CHECK(message_of<attn::io::InputError>([] { choose(library(), {"no-chapter"}); }) ==
        "no-chapter: has no exercises");
  std::vector<Assignment> tables = all_tables();
  for (Assignment& table : tables) {
    if (table.chapter == "seq2seq") table.twins = {{"gru.no_field", "rnn.x"}};
  }
  const Library wrong(root, tables);
  CHECK(message_of<attn::io::InputError>([&] { choose(wrong, {"seq2seq"}); }) ==
        "chapters/exercises: the twin of rnn.x is gru.no_field, which "
        "lib/attn/mechanisms/gru.cpp does not have");
}

TEST_CASE("student tree: a solution is found however it is spaced", "[grading][student_tree]") {
  const Solutions solutions(library(), choose(library(), {"scaled-dot-product"}));
  using Ids = std::vector<std::string>;
  CHECK(solutions.in("").empty());
  CHECK(solutions.in("f.scores = matmul_nt(keys, queries);").empty());
  CHECK(solutions.in("words\n  f.scores=matmul_nt( queries,\n\tkeys ) ;  // mine\nmore") ==
        Ids{"scaled_dot.scores"});
  CHECK(solutions.in("double mine() { return 1.0 / std::sqrt(static_cast<double>(dk)); }") ==
        Ids{"scale.scale"});
  CHECK(solutions.in(library().text("lib/attn/mechanisms/scaled_dot.cpp")).size() == 11);
}

TEST_CASE("student tree: a helper of a step is part of its solution", "[grading][student_tree]") {
  const Solutions solutions(library(), choose(library(), {"nadaraya-watson"}));
  const std::string helper =
      "void f() { for (std::size_t c = 0; c < cols(queries); ++c) {\n"
      "distances(i, j) = std::hypot(distances(i, j), queries(i, c) - keys(j, c)); } }";
  CHECK(solutions.in(helper).empty());
  const Marked& marked = library().mechanisms().at("kernel_regression");
  for (const Helper& of : marked.helpers) {
    std::string text;
    for (std::size_t n = of.first; n <= of.last; ++n) text += marked.lines[n] + "\n";
    CHECK(solutions.in(text) == of.steps);
  }
}

TEST_CASE("student tree: it is written into a new or an empty folder", "[grading][student_tree]") {
  const Folder folder;
  for (const char* name : {"new", "slash/", "empty"}) {
    INFO(name);
    const fs::path out = folder.path() / name;
    if (std::string(name) == "empty") fs::create_directory(out);
    CHECK(said(small(), out.string()) == "(no error)");
    CHECK(attn::test::read_file(out / "a.txt") == "one");
    CHECK(attn::test::read_file(out / "deep/er/b.txt") == "two");
    CHECK((fs::status(out / "run").permissions() & fs::perms::owner_exec) != fs::perms::none);
    CHECK((fs::status(out / "a.txt").permissions() & fs::perms::owner_exec) == fs::perms::none);
  }
  CHECK(entries(folder.path()) == 3);
}

TEST_CASE("student tree: what is there already is left alone", "[grading][student_tree][errors]") {
  const Folder folder;
  fs::create_directory(folder.path() / "full");
  folder.file("full/mine.txt", "mine");
  folder.file("file", "mine");
  for (const char* name : {"full", "file"}) {
    const std::string out = folder.path() / name;
    CHECK(said(small(), out) == out + ": is there already, expected a new folder");
  }
  CHECK(entries(folder.path()) == 2);
  CHECK(entries(folder.path() / "full") == 1);
  CHECK(attn::test::read_file(folder.path() / "file") == "mine");
  const std::string out = folder.path() / "none/new";
  CHECK(said(small(), out) ==
        out + ": cannot be made: there is no folder " + (folder.path() / "none").string());
}

TEST_CASE("student tree: a failure leaves nothing", "[grading][student_tree][errors]") {
  const Folder folder;
  Tree broken = small();
  broken.files["a.txt/c.txt"] = "a file is no folder";
  const std::string out = folder.path() / "new";
  CHECK(said(broken, out).starts_with(out + ": cannot be written: "));
  CHECK(entries(folder.path()) == 0);
  broken = small();
  broken.programs.emplace_back("no such program");
  CHECK(said(broken, out).starts_with(out + ": cannot be written: "));
  CHECK(entries(folder.path()) == 0);
}
