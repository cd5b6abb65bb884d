/// What students get, for each chapter alone and for all of them.
#include "attn/grading/student_tree.hpp"

#include <catch2/catch_test_macros.hpp>
#include <regex>

#include "attn/grading/marks.hpp"
#include "attn/io/files.hpp"
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

std::vector<Assignment> tables_of(const std::vector<ChapterName>& chosen) {
  std::vector<Assignment> tables;
  for (Assignment& table : all_tables()) {
    for (const ChapterName& chapter : chosen) {
      if (chapter.name == table.chapter) tables.push_back(std::move(table));
    }
  }
  return tables;
}

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

/// The first line of a helper's body that says something.
std::vector<std::string> helper_lines(const Marked& marked, const Helper& helper) {
  std::vector<std::string> lines;
  for (std::size_t n = helper.first; n <= helper.last; ++n) {
    if (marked.lines[n].starts_with("Mat ") || marked.lines[n].starts_with("Vec ") ||
        marked.lines[n].starts_with("Ten3 ") || marked.lines[n].starts_with("double ")) {
      lines.push_back(marked.lines[n]);
    }
  }
  return lines;
}

void expect_tree(const std::vector<ChapterName>& chosen) {
  const std::vector<Assignment> tables = tables_of(chosen);
  REQUIRE(tables.size() == chosen.size());
  const Tree tree = student_tree(root, all_names(), chosen, tables);
  const auto has = [&](const std::string& file) { return tree.files.contains(file); };

  for (const auto& [file, text] : tree.files) {
    INFO(file);
    CHECK(solutions_in(text, root, tables).empty());
    CHECK_FALSE(file.ends_with(".py"));
    if (file.starts_with("chapters/exercises/")) {
      CHECK_FALSE(contains(text, "code:"));
      CHECK_FALSE(contains(text, "cases:"));
      CHECK_NOTHROW(assignment_from_yaml({file, text}));
    }
    if (!file.ends_with(".hpp") && !file.ends_with(".cpp")) continue;
    for (const std::string& include : includes_in(text)) {
      INFO(include);
      CHECK(has(include));
    }
  }
  for (const Assignment& table : tables) {
    for (const std::string& mechanism : table.mechanisms()) {
      const std::string file = "lib/attn/mechanisms/" + mechanism + ".cpp";
      INFO(file);
      REQUIRE(has(file));
      CHECK(contains(tree.files.at(file), "// STEP " + mechanism + "."));
      CHECK_FALSE(contains(tree.files.at(file), "// step: "));
      const Marked marked = take_apart(mechanism, attn::io::read_file(root + "/" + file, 1 << 20));
      for (const Helper& helper : marked.helpers) {
        const std::vector<std::string> lines = helper_lines(marked, helper);
        CHECK_FALSE(lines.empty());
        for (const auto& [other, text] : tree.files) {
          for (const std::string& line : lines) CHECK_FALSE(contains(text, line));
        }
      }
    }
  }
  for (const ChapterName& chapter : all_names()) {
    INFO(chapter.name);
    const bool given = std::any_of(chosen.begin(), chosen.end(),
                                   [&](const ChapterName& c) { return c.name == chapter.name; });
    for (const std::string& file :
         {"chapters/" + chapter.stem() + ".cpp", "configs/" + chapter.name + ".yaml",
          "docs/chapters/" + chapter.name + ".md", "chapters/exercises/" + chapter.name + ".yaml",
          "configs/schema/" + chapter.name + ".json"}) {
      INFO(file);
      CHECK(has(file) == given);
    }
    CHECK(contains(tree.files.at("chapters/registry.cpp"), "&" + chapter.stem() + ",") == given);
    CHECK(contains(tree.files.at("chapters/registry.hpp"), " " + chapter.stem() + ";") == given);
  }
  for (const char* file :
       {"attn", "CMakeLists.txt", "CMakePresets.json", "LICENSE", "chapters/main.cpp",
        "lib/attn/core/exercise.hpp", "tests/CMakeLists.txt", "cmake/Harness.cmake"}) {
    CHECK(has(file));
  }
  CHECK(tree.programs == std::vector<std::string>{"attn"});
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

TEST_CASE("student tree: of nadaraya-watson alone it has no solution and is complete",
          "[grading][student_tree]") {
  expect_tree({{"nadaraya-watson"}});
}

TEST_CASE("student tree: of scoring alone it has no solution and is complete",
          "[grading][student_tree]") {
  expect_tree({{"scoring"}});
}

TEST_CASE("student tree: of seq2seq alone it has no solution and is complete",
          "[grading][student_tree]") {
  expect_tree({{"seq2seq"}});
}

TEST_CASE("student tree: mechanisms that show how steps are written are blank as well",
          "[grading][student_tree]") {
  const std::vector<ChapterName> chosen{{"seq2seq"}};
  const std::vector<Assignment> tables = tables_of(chosen);
  const Tree tree = student_tree(root, all_names(), chosen, tables);
  CHECK(tree.files.contains("chapters/parts/recurrent_cell_words.cpp"));
  CHECK(tables.front().also_blank == std::vector<std::string>{"gru", "lstm"});
  for (const std::string mechanism : {"gru", "lstm"}) {
    INFO(mechanism);
    const std::string& text = tree.files.at("lib/attn/mechanisms/" + mechanism + ".cpp");
    CHECK(contains(text, "// d_X: no exercise here"));
    CHECK_FALSE(contains(text, "\n  f."));
    CHECK_FALSE(contains(text, "\n  b."));
    // Its tests could never pass.
    CHECK_FALSE(tree.files.contains("tests/mechanisms/" + mechanism + "_test.cpp"));
  }
  CHECK_FALSE(tree.files.contains("tests/mechanisms/recurrent_test.cpp"));
  CHECK(tree.files.contains("tests/mechanisms/readout_test.cpp"));
}

TEST_CASE("student tree: of scaled-dot-product alone it has no solution and is complete",
          "[grading][student_tree]") {
  expect_tree({{"scaled-dot-product"}});
}

TEST_CASE("student tree: of transformer-decoder alone it has no solution and is complete",
          "[grading][student_tree]") {
  expect_tree({{"transformer-decoder"}});
}

TEST_CASE("student tree: whatever is blank in an exercise's mechanism is a step of its table",
          "[grading][student_tree]") {
  for (const Assignment& table : tables_of(all_names())) {
    for (const std::string& mechanism : table.mechanisms()) {
      const std::string file = root + "/lib/attn/mechanisms/" + mechanism + ".cpp";
      for (const MarkedStep& marked :
           take_apart(mechanism, attn::io::read_file(file, 1 << 20)).steps) {
        CAPTURE(table.chapter, marked.id);
        CHECK(std::any_of(table.steps.begin(), table.steps.end(),
                          [&](const auto& step) { return step.id == marked.id; }));
      }
    }
  }
}

TEST_CASE("student tree: of all chapters that go together it has no solution and is complete",
          "[grading][student_tree]") {
  std::vector<ChapterName> together = all_names();
  // seq2seq leaves cells blank that others need, and readout, which bahdanau needs, shows how
  // transformer-decoder's next_word makes probabilities of scores.
  std::erase_if(together, [](const ChapterName& chapter) {
    return chapter.name == "seq2seq" || chapter.name == "transformer-decoder";
  });
  REQUIRE(together.size() >= 6);
  expect_tree(together);
}

TEST_CASE("student tree: a chapter does not go with one that leaves blank what it needs",
          "[grading][student_tree][errors]") {
  const std::vector<ChapterName> chosen{{"seq2seq"}, {"bahdanau"}};
  CHECK(
      message_of<attn::io::InputError>(
          [&] { student_tree(root, all_names(), chosen, tables_of(chosen)); }) ==
      "handout: seq2seq and bahdanau do not go into one folder: bahdanau needs the mechanism gru, "
      "which shows how steps of seq2seq are written; hand them out one after the other");
}

TEST_CASE("student tree: a chapter alone leaves out the mechanisms of the others",
          "[grading][student_tree]") {
  const std::vector<ChapterName> chosen{{"scaled-dot-product"}};
  const Tree tree = student_tree(root, all_names(), chosen, tables_of(chosen));
  CHECK(tree.files.contains("lib/attn/mechanisms/scaled_dot.cpp"));
  CHECK_FALSE(tree.files.contains("lib/attn/mechanisms/kernel_regression.cpp"));
  CHECK_FALSE(tree.files.contains("lib/attn/mechanisms/additive.cpp"));
  CHECK_FALSE(tree.files.contains("tests/mechanisms/additive_test.cpp"));
}

TEST_CASE("student tree: a solution is found however it is spaced", "[grading][student_tree]") {
  const std::vector<Assignment> tables = tables_of({{"scaled-dot-product"}});
  const auto found = [&](const std::string& text) { return solutions_in(text, root, tables); };
  using Ids = std::vector<std::string>;
  CHECK(found("").empty());
  CHECK(found("f.scores = matmul_nt(keys, queries);").empty());
  CHECK(found("words\n  f.scores=matmul_nt( queries,\n\tkeys ) ;  // mine\nmore") ==
        Ids{"scaled_dot.scores"});
  CHECK(found("double mine() { return 1.0 / std::sqrt(static_cast<double>(dk)); }") ==
        Ids{"scale.scale"});
  const std::string whole = attn::io::read_file(root + "/lib/attn/mechanisms/scaled_dot.cpp", 1e6);
  CHECK(found(whole).size() == 11);
}

TEST_CASE("student tree: a helper of a step is part of its solution", "[grading][student_tree]") {
  const std::vector<Assignment> tables = tables_of({{"nadaraya-watson"}});
  const std::string helper =
      "void f() { for (std::size_t c = 0; c < cols(queries); ++c) {\n"
      "distances(i, j) = std::hypot(distances(i, j), queries(i, c) - keys(j, c)); } }";
  CHECK(solutions_in(helper, root, tables).empty());
  const Marked marked =
      take_apart("kernel_regression",
                 attn::io::read_file(root + "/lib/attn/mechanisms/kernel_regression.cpp", 1 << 20));
  for (const Helper& of : marked.helpers) {
    std::string text;
    for (std::size_t n = of.first; n <= of.last; ++n) text += marked.lines[n] + "\n";
    CHECK(solutions_in(text, root, tables) == of.steps);
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
