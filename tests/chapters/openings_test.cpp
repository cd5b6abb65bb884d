/// How the chapters open and end.
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "attn/render/display_width.hpp"
#include "tests/support/program.hpp"

using namespace attn::test;
using nlohmann::json;

namespace {

std::vector<std::string> chapter_names() {
  std::istringstream lines(run_attn({"list", "--names"}).out);
  std::vector<std::string> names;
  for (std::string name; std::getline(lines, name);) names.push_back(name);
  return names;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++found;
  }
  return found;
}

}  // namespace

TEST_CASE("chapters: each opens with its problem, in three sentences", "[chapters][openings]") {
  for (const std::string& name : chapter_names()) {
    CAPTURE(name);
    const std::string problem = trace_of({name}).value("problem", "");
    CAPTURE(problem);
    REQUIRE(!problem.empty());
    CHECK(problem.find_last_of(".?") == problem.size() - 1);
    CHECK(count(problem, ". ") + count(problem, "? ") == 2);
  }
}

TEST_CASE("chapters: each ends with what was seen, the next chapter, and its page",
          "[chapters][openings]") {
  const std::vector<std::string> names = chapter_names();
  for (std::size_t i = 0; i < names.size(); ++i) {
    CAPTURE(names[i]);
    for (const bool gradients : {false, true}) {
      std::vector<std::string> args{names[i]};
      if (gradients) args.emplace_back("--gradients");
      const json trace = trace_of(args);
      CHECK(!trace.value("seen", "").empty());
      CHECK(trace.value("next", "") == (i + 1 < names.size() ? names[i + 1] : ""));
      CHECK(std::filesystem::exists(std::filesystem::path(ATTN_SOURCE_DIR) / trace.at("page")));
    }
    const std::string text = run_attn({names[i]}).out;
    CHECK(count(text, "── What was seen ──") == 1);
    CHECK(count(text, "── What to try ──") == 1);
    CHECK(count(text, "The next chapter: ./attn") == (i + 1 < names.size() ? 1 : 0));
  }
}

TEST_CASE("chapters: the two commands that each suggests fit on a line and work",
          "[chapters][openings]") {
  for (const std::string& name : chapter_names()) {
    const json tries = trace_of({name}).value("try", json::array());
    CHECK(tries.size() == 2);
    for (const json& suggested : tries) {
      const std::string command = suggested.at("command");
      CAPTURE(command);
      CHECK(attn::render::display_width(command) <= 77);  // and three before it
      REQUIRE(command.starts_with("./attn "));
      const Ran ran = shell(command.substr(2), ATTN_SOURCE_DIR);
      CHECK(ran.status == 0);
      CHECK(ran.err.empty());
      CHECK(!ran.out.empty());
      CHECK(!suggested.value("why", "").empty());
    }
  }
}
