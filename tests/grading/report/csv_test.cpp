#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "attn/grading/report/reports.hpp"
#include "tests/grading/report/samples.hpp"

using namespace attn::grading;

namespace {

/// By which Excel knows UTF-8.
const std::string mark = "\xEF\xBB\xBF";

/// RFC 4180, read strictly.
std::vector<std::vector<std::string>> parse(const std::string& whole) {
  REQUIRE(whole.starts_with(mark));
  const std::string text = whole.substr(mark.size());
  std::vector<std::vector<std::string>> rows{{""}};
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c != '"') {
        rows.back().back() += c;
      } else if (i + 1 < text.size() && text[i + 1] == '"') {
        rows.back().back() += '"', ++i;
      } else {
        quoted = false;
        REQUIRE((text[i + 1] == ',' || text[i + 1] == '\r'));
      }
    } else if (c == '"') {
      REQUIRE(rows.back().back().empty());
      quoted = true;
    } else if (c == ',') {
      rows.back().emplace_back();
    } else if (c == '\r') {
      REQUIRE(text[++i] == '\n');
      rows.push_back({""});
    } else {
      REQUIRE(c != '\n');
      rows.back().back() += c;
    }
  }
  REQUIRE_FALSE(quoted);
  REQUIRE(rows.back() == std::vector<std::string>{""});
  rows.pop_back();
  return rows;
}

std::string name_in_csv(const std::string& name) {
  const std::vector<SubmissionResult> results{{.name = name}};
  return parse(csv(results)).at(1).at(1);
}

}  // namespace

TEST_CASE("csv: a small class", "[grading][reports][csv]") {
  CHECK(csv(test::small_class()) ==
        mark +
            "row,name,points,possible,percent,problem,remarks,dot.scores,dot.weights,dot.output,"
            "dot.mask\r\n"
            "1,ada,10,20,50.0,,,4,0,6,0\r\n"
            "2,bob,20,20,100.0,,,4,4,6,6\r\n"
            "3,eve,0,0,,does not compile,\"does not compile\n"
            "hidden-2: 0.731058\n"
            "scores.cpp is taken from scores-1.cpp\n"
            "the compiler says of scores.cpp:\n"
            "  | In file included from x:\n"
            "  | scores.cpp:3:1: error: 'q' was not declared\n"
            "the program prints as it ends:\n"
            "  | 0.731058\",,,,\r\n");
}

TEST_CASE("csv: what begins like a formula is a text, a number stays one",
          "[grading][reports][csv]") {
  CHECK(name_in_csv("=cmd|'/c calc'!A1") == "'=cmd|'/c calc'!A1");
  CHECK(name_in_csv("+1") == "'+1");
  CHECK(name_in_csv("-1") == "'-1");
  CHECK(name_in_csv("@SUM(A1)") == "'@SUM(A1)");
  CHECK(name_in_csv("\t=1") == "'\t=1");
  CHECK(name_in_csv("\r=1") == "'␍=1");
  CHECK(name_in_csv("\n=1") == "'\n=1");
  CHECK(name_in_csv("＝1") == "'＝1");
  CHECK(name_in_csv("a=1") == "a=1");
  const std::vector<SubmissionResult> penalty{
      {.name = "a", .steps = {{.step = "-s", .points = -0.5, .possible = 1.0}}}};
  CHECK(csv(penalty) == mark +
                            "row,name,points,possible,percent,problem,remarks,'-s\r\n"
                            "1,a,-0.5,1,-50.0,,,-0.5\r\n");
}

TEST_CASE("csv: quotes, commas and newlines read back", "[grading][reports][csv]") {
  CHECK(name_in_csv("Lovelace, \"Ada\"\nthe first") == "Lovelace, \"Ada\"\nthe first");
  const std::vector<SubmissionResult> results{test::mallory(), test::ada()};
  const std::string text = csv(results);
  CHECK(test::harmless(text, "\r\t"));
  const auto rows = parse(text);
  REQUIRE(rows.size() == 3);
  for (const auto& row : rows) CHECK(row.size() == 7 + 8);
  CHECK(rows[1][1].starts_with("'=cmd|'/c calc'!A1,\"q\"\n<b>&amp;]]></b>\t\\␛[31m"));
  CHECK(rows[1][11].empty());
  CHECK(rows[2][11] == "4");
}

TEST_CASE("csv: an empty batch, three hundred, and sums without noise", "[grading][reports][csv]") {
  CHECK(csv({}) == mark + "row,name,points,possible,percent,problem,remarks\r\n");
  CHECK(parse(csv(test::many(300))).size() == 301);
  SubmissionResult tenths{.name = "a"};
  for (const char* step : {"x", "y", "z"}) {
    tenths.steps.push_back({.step = step, .points = 0.1, .possible = 0.1});
  }
  CHECK(csv({&tenths, 1}).ends_with("1,a,0.3,0.3,100.0,,,0.1,0.1,0.1\r\n"));
}

TEST_CASE("csv: what was not graded has no points, which is not 0 points", "[grading][reports]") {
  SubmissionResult result;
  result.name = "ada";
  result.problem = not_graded;
  result.steps.push_back({.step = "dot.scores", .possible = 2.0});
  const std::string text = csv({&result, 1});
  CHECK(text.find("\r\n1,ada,,2,,not graded,") != std::string::npos);
  CHECK(text.ends_with(",\r\n"));
  result.problem = "does not compile";
  CHECK(csv({&result, 1}).find("\r\n1,ada,0,2,0.0,does not compile,") != std::string::npos);
}
