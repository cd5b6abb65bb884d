/// The commands of a course in a full checkout: what they refuse, and the cases that they draw.
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/grading/tables.hpp"
#include "tests/support/program.hpp"

using namespace attn::test;
using attn::grading::Assignment;
using attn::grading::test::all_tables;
using nlohmann::json;

namespace {

namespace fs = std::filesystem;

const std::string chapter = "scaled-dot-product";

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

bool is_empty(const Folder& folder) { return fs::is_empty(folder.path()); }

/// What a command says that must refuse, in an empty folder in which it leaves nothing.
std::string refused(const std::vector<std::string>& args) {
  const Folder folder;
  const Ran ran = run_attn(args, folder.path());
  CHECK(ran.status == 2);
  CHECK(ran.out.empty());
  CHECK(is_empty(folder));
  CHECK(ran.err.find('\n') != std::string::npos);
  return ran.err;
}

/// The extents of the axes in a trace, by name.
std::map<std::string, std::size_t> extents_in(const json& trace) {
  std::map<std::string, std::size_t> extents;
  for (const json& step : trace.at("steps")) {
    for (const json& tensor : step.at("tensors")) {
      for (std::size_t axis = 0; axis < tensor.at("axes").size(); ++axis) {
        const std::string name = tensor.at("axes")[axis];
        const std::size_t extent = tensor.at("shape")[axis];
        INFO(tensor.at("name"));
        CHECK(extents.emplace(name, extent).first->second == extent);
      }
    }
  }
  return extents;
}

bool are_equal(const Assignment& table, const std::string& a, const std::string& b) {
  for (const std::vector<std::string>& group : table.cases.equal) {
    if (std::count(group.begin(), group.end(), a) > 0 &&
        std::count(group.begin(), group.end(), b) > 0) {
      return true;
    }
  }
  return a == b;
}

}  // namespace

TEST_CASE("attn handout: bad usage writes nothing", "[cli][exercises][errors]") {
  CHECK(contains(refused({"handout", "scaled-dot-prodct", "--out", "new"}),
                 "did you mean \"scaled-dot-product\"?"));
  CHECK(contains(refused({"handout", chapter}), "--out"));
  CHECK(contains(refused({"handout", chapter, "--out", ""}), "--out"));
  CHECK(contains(refused({"handout", "--out", "new"}), "CHAPTER"));
  CHECK(contains(refused({"handout", chapter, "--out", "none/new"}), "there is no folder"));
  CHECK(contains(refused({"handout", chapter, "--out", "new", "--gradescope"}), "--seed"));
  CHECK(contains(refused({"handout", chapter, "--out", "new", "--seed", "1"}), "--gradescope"));
}

TEST_CASE("attn handout: a folder that is not empty is left alone", "[cli][exercises][errors]") {
  const Folder folder;
  fs::create_directory(folder.path() / "there");
  folder.file("there/mine.txt", "mine");
  for (const char* kind : {"plain", "--gradescope"}) {
    std::vector<std::string> args{"handout", chapter, "--out", "there"};
    if (std::string(kind) != "plain") args.insert(args.end(), {kind, "--seed", "1"});
    const Ran ran = run_attn(args, folder.path());
    CHECK(ran.status == 2);
    CHECK(ran.err == "there: is there already, expected a new folder\n");
    CHECK(std::distance(fs::directory_iterator(folder.path() / "there"),
                        fs::directory_iterator()) == 1);
  }
}

TEST_CASE("attn cases: bad usage writes nothing", "[cli][exercises][errors]") {
  CHECK(contains(refused({"cases", "scorin", "--seed", "1", "--out", "c"}),
                 "did you mean \"scoring\"?"));
  CHECK(contains(
      refused({"cases", "words", "--seed", "1", "--out", "c"}),
      "no chapter is called \"words\"; expected nadaraya-watson, scoring, seq2seq, "
      "bahdanau, global-local, soft-hard, scaled-dot-product, self-attention, positional-encoding, "
      "multi-head, transformer-encoder or transformer-decoder"));
  CHECK(contains(refused({"cases", chapter, "--out", "c"}), "--seed"));
  CHECK(contains(refused({"cases", chapter, "--seed", "1"}), "--out"));
  CHECK(contains(refused({"cases", chapter, "--seed", "x", "--out", "c"}), "--seed"));
  CHECK(contains(refused({"cases", chapter, "--seed", "-1", "--out", "c"}), "--seed"));
  CHECK(contains(refused({"cases", chapter, "--seed", "1", "--out", "c", "--count", "0"}),
                 "--count"));
  CHECK(contains(refused({"cases", chapter, "--seed", "1", "--out", "c", "--count", "1000"}),
                 "--count"));
}

TEST_CASE("attn cases: what is there already is left alone", "[cli][exercises][errors]") {
  const Folder folder;
  folder.file("file", "mine");
  Ran ran = run_attn({"cases", chapter, "--seed", "1", "--out", "file"}, folder.path());
  CHECK(ran.status == 2);
  CHECK(contains(ran.err, "file"));
  CHECK(read_file(folder.path() / "file") == "mine");
  fs::create_directory(folder.path() / "c");
  folder.file("c/" + chapter + "-02.yaml", "mine");
  ran = run_attn({"cases", chapter, "--seed", "1", "--out", "c"}, folder.path());
  CHECK(ran.status == 2);
  CHECK(ran.err == "c/" + chapter +
                       "-02.yaml: is there already, expected a folder without cases of this "
                       "chapter\n");
  CHECK(std::distance(fs::directory_iterator(folder.path() / "c"), fs::directory_iterator()) == 1);
}

TEST_CASE("attn cases: every chapter has cases that reach every step and tell every mistake",
          "[cli][exercises]") {
  std::size_t seed = 0;
  for (const Assignment& table : all_tables()) {
    const Folder folder;
    INFO(table.chapter);
    const Ran ran = run_attn({"cases", table.chapter, "--seed", std::to_string(1 + seed++ % 3),
                              "--count", "3", "--out", "c"},
                             folder.path());
    REQUIRE(ran.status == 0);
    CHECK(contains(ran.out, " cases of " + table.chapter + ": "));
    CHECK(contains(ran.out, ", its default"));
    CHECK_FALSE(contains(ran.out, "no case"));
    std::set<std::string> seen;
    std::map<std::string, std::string> titles;
    for (const auto& entry : fs::directory_iterator(folder.path() / "c")) {
      const std::string name = entry.path().filename();
      INFO(name);
      const std::string text = read_file(entry.path());
      CHECK_FALSE(contains(text, "expect:"));
      CHECK_FALSE(contains(text, "file:"));
      const std::size_t title = text.find("title: ") + 7;
      titles[name] = text.substr(title, text.find('\n', title) - title);
      if (!contains(text, "title: Case ")) continue;  // not drawn: it has a reason
      const json trace = trace_of({table.chapter, entry.path(), "--gradients"});
      const std::map<std::string, std::size_t> extents = extents_in(trace);
      for (const auto& a : table.cases.axes) {
        if (!extents.contains(a.axis)) continue;  // a table that this case does not read
        seen.insert(a.axis);
        CHECK(extents.at(a.axis) >= a.low);
        CHECK(extents.at(a.axis) <= a.high);
        for (const auto& b : table.cases.axes) {
          if (!extents.contains(b.axis)) continue;
          const bool same = extents.at(a.axis) == extents.at(b.axis);
          CHECK(same == are_equal(table, a.axis, b.axis));
        }
      }
    }
    for (const auto& axis : table.cases.axes) CHECK(seen.contains(axis.axis));
    for (const auto& boundary : table.cases.boundaries) {
      CHECK(std::count_if(titles.begin(), titles.end(), [&](const auto& title) {
              return contains(title.second, boundary.reason);
            }) == 1);
    }
  }
}

TEST_CASE("attn cases: the same seed gives the same cases", "[cli][exercises]") {
  const Folder folder;
  for (const std::string out : {"a", "b"}) {
    REQUIRE(run_attn({"cases", chapter, "--seed", "5", "--out", out}, folder.path()).status == 0);
  }
  for (const auto& entry : fs::directory_iterator(folder.path() / "a")) {
    const std::string name = entry.path().filename();
    CHECK(read_file(entry.path()) == read_file(folder.path() / "b" / name));
  }
}

TEST_CASE("attn grade: in a full checkout there is nothing to grade", "[cli][exercises][errors]") {
  CHECK(contains(refused({"grade"}), "this checkout has the solutions"));
  CHECK(contains(refused({"grade", chapter}), "./attn handout " + chapter + " --out DIR"));
  CHECK(contains(refused({"watch", chapter, "--rounds", "1"}), "./attn handout"));
  CHECK(contains(refused({"watch", chapter, "--rounds", "-1"}), "expected a whole number"));
  CHECK(contains(refused({"grade", "scaled"}), "did you mean \"scaled-dot-product\"?"));
}

TEST_CASE("attn hint: a misspelt step is answered with the nearest", "[cli][exercises][errors]") {
  CHECK(contains(refused({"hint", "scaled_dot.socres"}), "did you mean scaled_dot.scores?"));
  CHECK(contains(refused({"hint", ""}), "no step is called \"\""));
  CHECK(contains(refused({"hint"}), "STEP"));
}

TEST_CASE("attn replay: the trace ends with its events, none in the library", "[cli][exercises]") {
  const Ran ran = run_attn({"replay", ATTN_SOURCE_DIR "/configs/scaled-dot-product.yaml"});
  REQUIRE(ran.status == 0);
  const json trace = json::parse(ran.out);
  CHECK(trace.at("steps").back().at("id") == "events");
  CHECK(trace.at("steps").back().at("tensors").empty());
}

TEST_CASE("attn replay: what is given must be the events of a replay", "[cli][exercises][errors]") {
  const std::string config = ATTN_SOURCE_DIR "/configs/scaled-dot-product.yaml";
  const Folder folder;
  const auto said = [&](const std::string& text) {
    return refused({"replay", config, "--given", folder.file("given.json", text)});
  };
  const auto trace = [](const std::string& steps) {
    return R"({"format": "attn-trace", "version": 1, "chapter": "x", "title": "", "source": "",)"
           R"( "steps": [)" +
           steps + "]}";
  };
  const auto events = [&](const std::string& name) {
    return trace(R"({"id": "events", "title": "", "formula": "", "source": "", "prose": "",)"
                 R"( "tensors": [{"name": ")" +
                 name + R"(", "axes": ["0"], "labels": [[]], "shape": [1], "values": [1]}]})");
  };
  CHECK(contains(refused({"replay", config, "--given", "none.json"}), "none.json"));
  CHECK(contains(refused({"replay", "none.yaml"}), "none.yaml"));
  CHECK(contains(said("no JSON"), "given.json"));
  CHECK(contains(said(trace("")), "has no step events, expected a trace that `attn replay` wrote"));
  for (const char* name : {"a", "a#", "a#x", "a#-1", "a#4096", "a#99999999999999999999"}) {
    INFO(name);
    CHECK(contains(said(events(name)), "found an event called \"" + std::string(name) +
                                           "\", expected a name such as scaled_dot.scores#0"));
  }
  const Ran ran =
      run_attn({"replay", config, "--given", folder.file("good.json", events("a.b#0"))});
  CHECK(ran.status == 0);
}

TEST_CASE("attn course check: bad usage is refused", "[cli][exercises][errors]") {
  CHECK(contains(refused({"course"}), "subcommand"));
  CHECK(contains(refused({"course", "check", "scorin"}), "did you mean \"scoring\"?"));
}
