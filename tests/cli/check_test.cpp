/// `attn check` and `attn diff`.
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/support/program.hpp"

using namespace attn::test;
using nlohmann::json;

namespace {

const std::string examples = ATTN_SOURCE_DIR "/configs/examples";

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::vector<std::string> example_files() {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(examples)) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  }
  return files;
}

const std::string config = R"(chapter: scaled-dot-product
inputs:
  queries: [[1, 2]]
  keys: [[2, 1], [1, 0]]
  values: [[1, 1], [2, 0]]
options: {scale: none}
expect:
  scores: {values: [[4, 1]], tolerance: 0, source: by hand}
  weights: {values: [[0.9525741268224334, 0.0474]], tolerance: 1.0e-4}
)";

std::string with(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

}  // namespace

TEST_CASE("check: every worked example gives what its source says", "[check][examples]") {
  std::vector<std::string> args{"check"};
  for (const std::string& file : example_files()) args.push_back(file);
  REQUIRE(args.size() > 12);
  const Ran ran = run_attn(args);
  CAPTURE(ran.out, ran.err);
  CHECK(ran.status == 0);
  CHECK(std::count(ran.out.begin(), ran.out.end(), '\n') ==
        static_cast<std::ptrdiff_t>(args.size() - 1));
}

TEST_CASE("check: a changed number is found, with step, cell, both numbers and tolerance",
          "[check]") {
  const Folder folder;
  const std::string file = folder.file("a.yaml", with(config, "0.0474]", "0.0484]"));
  const Ran ran = run_attn({"check", file});
  CHECK(ran.status == 3);
  for (const std::string part : {"differs", "weights", "[0, 1]", "0.0484", "0.0474259", "0.0001"}) {
    CAPTURE(part, ran.out);
    CHECK(contains(ran.out, part));
  }
}

TEST_CASE("check: the first step that differs is told, whatever the order of expect:", "[check]") {
  const Folder folder;
  std::string text = with(config, "0.0474]", "0.0484]");
  text = with(text, "[[4, 1]]", "[[4, 2]]");
  const Ran ran = run_attn({"check", folder.file("a.yaml", text)});
  CHECK(ran.status == 3);
  CHECK(contains(ran.out, "scores"));
  CHECK_FALSE(contains(ran.out, "0.0484"));
}

TEST_CASE("check: shapes and names are held too", "[check]") {
  const Folder folder;
  const auto check = [&](const std::string& from, const std::string& to) {
    const Ran ran = run_attn({"check", folder.file("a.yaml", with(config, from, to))});
    CHECK(ran.status == 3);
    return ran.out;
  };
  CHECK(contains(check("[[4, 1]]", "[4, 1]"), "shape"));
  CHECK(contains(check("  scores: {", "  score: {"), "score"));
}

TEST_CASE("check: goes on after a config that is wrong, and ends with status 2",
          "[check][errors]") {
  const Folder folder;
  const std::string bad = folder.file("bad.yaml", with(config, "keys:", "kies:"));
  const std::string none = folder.file("none.yaml", config.substr(0, config.find("expect:")));
  const std::string other =
      folder.file("other.yaml", with(config, "scaled-dot-product", "bahdanou"));
  const std::string good = folder.file("good.yaml", config);
  const Ran ran = run_attn({"check", bad, none, other, "missing.yaml", good});
  CHECK(ran.status == 2);
  CHECK(contains(ran.out, "ok      " + good));
  CHECK(contains(ran.err, bad + ":4:3: "));
  CHECK(contains(ran.err, none + ": has no expect: section"));
  CHECK(contains(ran.err, "bahdanou"));
  CHECK(contains(ran.err, "missing.yaml: no such file"));
}

TEST_CASE("diff: a trace agrees with itself, and not with another", "[diff]") {
  const Folder folder;
  const std::string a = folder.path() / "a.json";
  const std::string b = folder.path() / "b.json";
  run_attn({"scaled-dot-product", "--format", "json", "--out", a});
  run_attn(
      {"scaled-dot-product", "--format", "json", "--out", b, "--set", "options.scale=0.500001"});
  CHECK(run_attn({"diff", a, a}).status == 0);
  const Ran ran = run_attn({"diff", a, b});
  CHECK(ran.status == 3);
  CHECK(contains(ran.out, "scale"));
  CHECK(contains(ran.out, "0.500001"));
  CHECK(run_attn({"diff", a, b, "--absolute", "1e-4"}).status == 0);
}

TEST_CASE("diff: steps that are missing or too many are told", "[diff]") {
  const Folder folder;
  const std::string all = folder.path() / "all.json";
  const std::string some = folder.path() / "some.json";
  run_attn({"scaled-dot-product", "--format", "json", "--out", all});
  run_attn({"scaled-dot-product", "--format", "json", "--steps", "1-6", "--out", some});
  CHECK(contains(run_attn({"diff", all, some}).out, "weights"));
  CHECK(run_attn({"diff", all, some}).status == 3);
  CHECK(run_attn({"diff", some, all}).status == 3);
}

TEST_CASE("diff: what is no trace is refused", "[diff][errors]") {
  const Folder folder;
  const std::string good = folder.path() / "good.json";
  run_attn({"scaled-dot-product", "--format", "json", "--out", good});
  for (const std::string text : {"", "{", "[]", "{\"format\": \"other\"}", "\x01\x02"}) {
    CAPTURE(text);
    const std::string bad = folder.file("bad.json", text);
    const Ran ran = run_attn({"diff", good, bad});
    CHECK(ran.status == 2);
    CHECK(contains(ran.err, bad));
  }
}
