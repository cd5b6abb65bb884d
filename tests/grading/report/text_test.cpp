#include <catch2/catch_test_macros.hpp>
#include <sstream>

#include "attn/grading/report/reports.hpp"
#include "attn/render/display_width.hpp"
#include "tests/grading/report/samples.hpp"

using namespace attn::grading;

namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::string without_color(std::string text) {
  for (std::size_t at; (at = text.find('\x1b')) != std::string::npos;) {
    text.erase(at, text.find('m', at) - at + 1);
  }
  return text;
}

}  // namespace

TEST_CASE("text_table: a small class", "[grading][reports][text_table]") {
  CHECK(text_table(test::small_class(), 80, false) ==
        R"(name    points  steps
ada   10 of 20  ✓✗~·  no root
bob   20 of 20  ✓✓✓✓
eve     0 of 0        does not compile; the compiler says of scores.cpp: “score…

3 submissions, mean 10 of 20 points, median 10, 1 with a problem
✓ done  ~ carried  ✗ wrong  · not written

   step          ✓   ~   ✗   ·  commonest mistake
1  dot.scores    2   0   0   0
2  dot.weights   1   0   1   0  no root (1)
3  dot.output    1   1   0   0
4  dot.mask      1   0   0   1

Hardest: dot.weights, not right in 1 of 2
)");
}

TEST_CASE("text_table: a narrow terminal", "[grading][reports][text_table]") {
  CHECK(text_table(test::small_class(), 0, false) ==
        R"(name    points  steps
ada   10 of 20  ✓✗~·  no root
bob   20 of 20  ✓✓✓✓
eve     0 of 0        does not compile;…

3 submissions, mean 10 of 20 points,
median 10, 1 with a problem
✓ done ~ carried ✗ wrong · not written

   step          ✓   ~   ✗   ·
1  dot.scores    2   0   0   0
2  dot.weights   1   0   1   0
    no root (1)
3  dot.output    1   1   0   0
4  dot.mask      1   0   0   1

Hardest: dot.weigh…, not right in 1 of 2
)");
}

TEST_CASE("text_table: no line is too long, whatever there is to say",
          "[grading][reports][text_table]") {
  std::vector<SubmissionResult> results = test::small_class();
  SubmissionResult long_one = test::ada();
  long_one.name = "李明 Maximiliane-Alexandra von Hohenstein-Waldburg";
  for (int i = 0; i < 70; ++i) {
    long_one.steps.push_back({"a.very.long.name.of.a.step." + std::to_string(i), Verdict::wrong,
                              false, 1.0 / 3.0, 1e300, "a mistake with many words in its name"});
  }
  results.push_back(long_one);
  results.push_back(test::mallory());
  results.push_back({.name = "  ", .problem = "it ends in spaces  "});
  for (const std::size_t width : {0U, 40U, 43U, 57U, 80U, 100U, 200U}) {
    for (const bool color : {false, true}) {
      const std::string table = text_table(results, width, color);
      const std::string plain = without_color(table);
      CHECK(test::harmless(plain));
      if (color) CHECK(plain == text_table(results, width, false));
      for (const std::string& line : lines_of(plain)) {
        CAPTURE(width, line);
        CHECK(attn::render::display_width(line) <= std::max<std::size_t>(width, 40));
        CHECK((line.empty() || line.back() != ' '));
      }
    }
  }
}

TEST_CASE("text_table: many steps go on below each other", "[grading][reports][text_table]") {
  SubmissionResult result{.name = "ada"};
  for (int i = 0; i < 23; ++i) {
    result.steps.push_back({.step = std::to_string(i), .verdict = Verdict::done});
  }
  const std::vector<std::string> lines = lines_of(text_table({&result, 1}, 40, false));
  CHECK(lines[1] == "ada   0 of 0  ✓✓✓✓✓ ✓✓✓✓✓ ✓✓✓✓✓ ✓✓✓✓✓ ✓✓");
  CHECK(lines[2] == "              ✓");
}

TEST_CASE("text_table: an empty batch, and one of three hundred",
          "[grading][reports][text_table]") {
  CHECK(text_table({}, 80, false) == "No submissions.\n");
  const std::vector<std::string> lines = lines_of(text_table(test::many(300), 80, true));
  CHECK(lines.size() == 1 + 300 + 4 + 5 + 2);
}
