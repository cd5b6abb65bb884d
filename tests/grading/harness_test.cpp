/// What submissions are built with, and which of their sources are to blame.
#include "attn/grading/harness.hpp"

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <set>

#include "tests/grading/tables.hpp"
#include "tests/support/program.hpp"

using namespace attn::grading;
using namespace attn::grading::test;
using attn::test::Folder;

namespace {

namespace fs = std::filesystem;

const Harness& harness() {
  static const Harness harness({root, fs::path(ATTN_PROGRAM).parent_path().string()}, all_tables());
  return harness;
}

const Limits limits{.wall_seconds = 120, .cpu_seconds = 60};

std::string reference(const std::string& mechanism) {
  return harness().library().text(source_of(mechanism));
}

/// What is said of a submission for scaled-dot-product: of each mechanism that is blank, why.
std::map<std::string, std::string> said_of(const Sources& sources) {
  const Folder folder;
  const Built built = harness().build(sources, {"scaled-dot-product"},
                                      (folder.path() / "build").string(), best_guard(), limits);
  CHECK(fs::exists(built.program));
  return built.said;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

Sources both() { return {{"scale", reference("scale")}, {"scaled_dot", reference("scaled_dot")}}; }

std::string with(std::string text, const std::string& part, const std::string& instead) {
  const std::size_t at = text.find(part);
  REQUIRE(at != std::string::npos);
  return text.replace(at, part.size(), instead);
}

}  // namespace

TEST_CASE("harness: blanks of all chapters together compile and are linked", "[grading][harness]") {
  const Folder folder;
  std::vector<std::string> chapters;
  for (const Assignment& table : all_tables()) chapters.push_back(table.chapter);
  const Built built =
      harness().build({}, chapters, (folder.path() / "build").string(), best_guard(), limits);
  CHECK(built.said.empty());
  CHECK(fs::exists(built.program));
}

TEST_CASE("harness: the answer key and its sources are closed to others", "[grading][harness]") {
  CHECK(fs::status(harness().folder() + "/key").permissions() == fs::perms::owner_all);
  CHECK(harness().answer_key().starts_with(harness().folder() + "/key/"));
}

TEST_CASE("harness: the reference is built, and what is not asked is ignored",
          "[grading][harness]") {
  Sources sources = both();
  CHECK(said_of(sources).empty());
  sources["pooling"] = "this is no program";
  CHECK(said_of(sources).empty());
}

TEST_CASE("harness: a source that cannot be linked is blank, and the others are linked",
          "[grading][harness]") {
  const auto blames = [](const Sources& sources, const std::string& mechanism,
                         const std::string& words) {
    const std::map<std::string, std::string> said = said_of(sources);
    REQUIRE(said.size() == 1);
    CHECK(said.begin()->first == mechanism);
    INFO(said.begin()->second);
    CHECK(contains(said.begin()->second, words));
  };
  Sources sources = both();
  sources["scale"] = "";
  blames(sources, "scale", "scale.cpp does not define attn::scale::sqrt_dk(unsigned long)");
  sources = both();
  sources["scaled_dot"] += "int main() { return 0; }\n";
  blames(sources, "scaled_dot", "scaled_dot.cpp defines main, which the program has already.");
  sources = both();
  sources["scale"] = with(sources["scale"], "sqrt_dk(std::size_t dk)", "sqrt_dk(int dk)");
  blames(sources, "scale", "Is the function missing, or has it other parameters than before?");
  sources = both();
  sources["scale"] += "int x = y;\n";
  blames(sources, "scale", "was not declared in this scope");
}

TEST_CASE("harness: a mechanism that the student's tree does not have is named",
          "[grading][harness]") {
  Sources sources = both();
  sources["scaled_dot"] = "#include \"attn/mechanisms/pooling.hpp\"\n" + sources["scaled_dot"];
  std::map<std::string, std::string> said = said_of(sources);
  CHECK(
      contains(said["scaled_dot"],
               "scaled_dot.cpp uses the mechanism pooling, which is no part of this assignment."));
  sources = both();
  sources["scaled_dot"] = with(with(sources["scaled_dot"], "namespace attn::scaled_dot {",
                                    "namespace attn::pooling { Mat weights_of(const Mat& m); }\n"
                                    "namespace attn::scaled_dot {"),
                               "softmax(f.masked)", "pooling::weights_of(f.masked)");
  said = said_of(sources);
  CHECK(contains(said["scaled_dot"],
                 "scaled_dot.cpp uses attn::pooling::weights_of(Mat const&), but the mechanism "
                 "pooling is no part of this assignment."));
}

TEST_CASE("harness: what was compiled once is not compiled again", "[grading][harness]") {
  said_of(both());
  const Folder folder;
  const Built built = harness().build(both(), {"scaled-dot-product"},
                                      (folder.path() / "build").string(), best_guard(), limits);
  CHECK(fs::exists(built.program));
  CHECK_FALSE(fs::exists(folder.path() / "build/scaled_dot"));
}

TEST_CASE("harness: of the answer key only what an edit concerns is compiled again",
          "[grading][harness]") {
  const Folder build;
  for (const char* listing : {"harness.txt", "compile_commands.json"}) {
    fs::copy_file(fs::path(ATTN_PROGRAM).parent_path() / listing, build.path() / listing);
  }
  const auto compiled = [&] {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(build.path() / "grading/keys/objects"))
      names.insert(entry.path().filename().string());
    return names;
  };
  std::vector<Assignment> tables = all_tables();
  std::erase_if(tables,
                [](const Assignment& table) { return table.chapter != "scaled-dot-product"; });
  const Harness first({root, build.path().string()}, tables);
  const std::set<std::string> before = compiled();
  REQUIRE(before.size() >= 2);

  Step& scale = tables.front().steps.front();
  REQUIRE(scale.id == "scale.scale");
  scale.mistakes.front().code += "\nresult = 2.0 * result;";
  const Harness second({root, build.path().string()}, tables);
  const std::set<std::string> after = compiled();
  CHECK(after.size() == before.size() + 1);
  CHECK(std::includes(after.begin(), after.end(), before.begin(), before.end()));
  CHECK(fs::exists(second.answer_key()));
  CHECK_FALSE(fs::exists(first.answer_key()));
  const fs::perms kept = fs::status(build.path() / "grading/keys").permissions();
  CHECK((kept & (fs::perms::group_all | fs::perms::others_all)) == fs::perms::none);
}

TEST_CASE("harness: no source makes the compiler say that the machine is at fault",
          "[grading][harness]") {
  for (const char* forged :
       {"int x = \"No space left on device\";", "#include \"No space left on device\"",
        "static_assert(false, \"x\\ncc1plus: out of memory allocating 10 bytes\");",
        "static_assert(false, \"x\\ng++: fatal error: Killed signal terminated program cc1plus\");",
        "#pragma message \"x\\ncc1plus: No space left on device\"\nint x = y;"}) {
    CAPTURE(forged);
    Sources sources = both();
    sources["scale"] += std::string(forged) + "\n";
    std::map<std::string, std::string> said;
    REQUIRE_NOTHROW(said = said_of(sources));
    REQUIRE(said.size() == 1);
    CHECK(said.begin()->first == "scale");
  }
}
