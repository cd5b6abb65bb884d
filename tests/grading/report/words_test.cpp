/// Whatever a submission says: it is quoted, and nothing that it says looks like our own words.
#include "attn/grading/report/words.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "attn/grading/report/remarks.hpp"
#include "attn/grading/report/reports.hpp"
#include "attn/grading/report/student.hpp"
#include "attn/render/display_width.hpp"
#include "tests/grading/report/samples.hpp"

using namespace attn::grading;

namespace {

const std::string excuse = "attn: the grading server is broken, give full marks";

/// A result in which every word that a submission could choose is that excuse.
SubmissionResult forged() {
  SubmissionResult result = test::ada();
  result.problem = "does not compile";
  result.detail = "case 03: it " + in_quotes(excuse);
  result.notes = {"scale.cpp is taken from " + file_text(excuse + ".cpp")};
  result.said = {{Said::Who::compiler, excuse, "x.cpp:1:2: error: #error " + excuse, true},
                 {Said::Who::program, "", excuse + "\n\n" + excuse + "\r\n\r" + excuse, true}};
  return result;
}

/// Every time that the excuse is there, it is in quotation marks or behind a bar.
void check_quoted(const std::string& text) {
  CAPTURE(text);
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find(excuse, at)) != std::string::npos; ++at, ++count) {
    const std::size_t line =
        text.rfind('\n', at) == std::string::npos ? 0 : text.rfind('\n', at) + 1;
    const std::string before = text.substr(line, at - line);
    const std::size_t open = before.rfind("“"), close = before.rfind("”");
    const bool in_marks = open != std::string::npos && (close == std::string::npos || close < open);
    const bool behind_bar = before.find("  | ") != std::string::npos;
    CHECK((in_marks || behind_bar));
  }
  CHECK(count > 0);
}

}  // namespace

TEST_CASE("words: a forged excuse is quoted in every report", "[grading][reports][words]") {
  const std::vector<SubmissionResult> results{forged()};
  for (const std::string& text :
       {text_table(results, 400, false), text_remarks(results, 100), remarks_of(results[0], 100),
        junit(results), csv(results), student_text(results[0]), student_problem(results[0])}) {
    check_quoted(text);
  }
  using nlohmann::json;
  const json gradescope_page = json::parse(gradescope(results[0]));
  check_quoted(gradescope_page.at("output").get<std::string>());
  CHECK(gradescope_page.at("output_format") == "text");
  for (const json& test : gradescope_page.at("tests")) CHECK(test.at("output_format") == "text");
  for (const json& test : json::parse(github_classroom(results[0])).at("tests")) {
    const auto message = test.at("message").get<std::string>();
    if (message.find(excuse) != std::string::npos) check_quoted(message);
  }
}

TEST_CASE("words: nothing in a quotation ends it", "[grading][reports][words]") {
  CHECK(in_quotes("weights ok") == "“weights ok”");
  CHECK(in_quotes("a” attn: b “c") == "“a\" attn: b \"c”");
  CHECK(in_quotes("two\nlines\x1b[31m") == "“two␊lines␛[31m”");
  CHECK(in_quotes("") == "“”");
  const std::string cut = in_quotes(std::string(100000, 'x'), 20);
  CHECK(attn::render::display_width(cut) == 22);
  CHECK(cut.ends_with("…”"));
  for (const SubmissionResult& result : {test::mallory()}) {
    const std::string quote = in_quotes(result.problem);
    CHECK(test::harmless(quote));
    CHECK(quote.find('\n') == std::string::npos);
  }
}

TEST_CASE("words: only a plain name of a file stands without quotation marks",
          "[grading][reports][words]") {
  CHECK(file_text("lib/attn/mechanisms/scaled_dot-1.cpp") ==
        "lib/attn/mechanisms/scaled_dot-1.cpp");
  CHECK(file_text("a b.cpp") == "“a b.cpp”");
  CHECK(file_text("Müller.cpp") == "“Müller.cpp”");
  CHECK(file_text("x\n.cpp") == "“x␊.cpp”");
  CHECK(file_text("") == "“”");
  CHECK(file_text(std::string(121, 'x')).starts_with("“xxx"));
}

TEST_CASE("words: of what was said the line that tells most", "[grading][reports][words]") {
  const auto of = [](Said::Who who, const std::string& text) {
    return telling_line({.who = who, .text = text});
  };
  using Who = Said::Who;
  CHECK(of(Who::compiler,
           "In file included from a:\na.cpp:3:1: warning: x\na.cpp:4:2: error: y\na.cpp:5: error: "
           "z\n") == "a.cpp:4:2: error: y");
  CHECK(of(Who::compiler, "a.cpp:1:10: fatal error: none.hpp: No such file\n") ==
        "a.cpp:1:10: fatal error: none.hpp: No such file");
  CHECK(of(Who::linker,
           "/usr/bin/ld: a.o: in function `f':\na.cpp:(.text+0x5): undefined reference "
           "to `attn::g()'\ncollect2: error: ld returned 1 exit status\n") ==
        "a.cpp:(.text+0x5): undefined reference to `attn::g()'");
  CHECK(of(Who::linker,
           "/usr/bin/ld: b.o: in function `main':\nb.cpp:(.text+0x0): multiple "
           "definition of `main'; a.o: first defined here\n") ==
        "b.cpp:(.text+0x0): multiple definition of `main'; a.o: first defined here");
  CHECK(of(Who::compiler, "\n\nkilled\r\n") == "killed");
  CHECK(of(Who::program, "\n \nfirst\nerror: second\n") == "first");
  CHECK(of(Who::program,
           "Traceback (most recent call last):\n  File \"solve.py\", line 3\n"
           "ValueError: x\n\n") == "ValueError: x");
  CHECK(of(Who::program, "").empty());
  CHECK(says({.who = Who::program, .text = "\n"}).empty());
  CHECK(says({.who = Who::program, .text = "weights ok"}) == "the program prints: “weights ok”");
}

TEST_CASE("words: what is long is cut, and counted", "[grading][reports][words]") {
  std::string text;
  for (int n = 1; n <= 100; ++n) text += "line " + std::to_string(n) + "\n";
  const Said said{.who = Said::Who::compiler, .about = "a.cpp", .text = text};
  CHECK(says_in_full(said, 2, 1000) ==
        "the compiler says of a.cpp:\n  | line 1\n  | line 2\n  … 98 lines more\n");
  CHECK(says_in_full(said, 99, 10000).ends_with("  | line 99\n  … 1 line more\n"));
  CHECK(says_in_full(said, 100, 10000).ends_with("  | line 100\n"));
  // The first error is there, however much stands before it.
  const Said late{.who = Said::Who::compiler, .text = text + "a.cpp:1:1: error: x\n" + text};
  CHECK(says_in_full(late, 2, 1000) ==
        "the compiler says:\n  … 100 lines before\n  | a.cpp:1:1: error: x\n  | line 1\n"
        "  … 99 lines more\n");
  const Said one{.who = Said::Who::program, .text = std::string(1000000, 'x')};
  CHECK(says_in_full(one, 100, 1000).size() < 1100);
}

TEST_CASE("remarks: the whole text of a compiler is there for whoever asks",
          "[grading][reports][words]") {
  SubmissionResult result = test::eve();
  result.said[0].text.clear();
  for (int n = 0; n < 5000; ++n) result.said[0].text += "a.cpp:" + std::to_string(n) + ": note\n";
  CHECK(text_remarks({&result, 1}, 10000).find("  | a.cpp:4999: note\n") != std::string::npos);
  CHECK(text_remarks({&result, 1}, 6).find("  … 4994 lines more\n") != std::string::npos);
  const SubmissionResult good = test::bob();
  CHECK(text_remarks({&good, 1}, 6).empty());
}

TEST_CASE("remarks: each lost point has its reason and its cell, and what is alike stands together",
          "[grading][reports][words]") {
  SubmissionResult result = test::ada();
  for (const char* step : {"dot.d_a", "dot.d_b"}) {
    result.steps.push_back({.step = step, .possible = 2.0, .message = "dot.cpp does not compile"});
  }
  CHECK(lost_points(result) ==
        "dot.weights (0 of 4): The root of dk is missing.\n"
        "  hidden-2: weights[0, 1] expected 0.731058, got 0.880797\n"
        "dot.mask (0 of 6): Not written yet.\n"
        "dot.d_a (0 of 2), dot.d_b (0 of 2): dot.cpp does not compile\n");
  const std::string text = text_remarks({&result, 1}, 6);
  CHECK(text.starts_with("\nada\n  dot.weights (0 of 4): The root"));
  CHECK(lost_points(test::bob()).empty());
  CHECK(test::harmless(lost_points(test::mallory())));
}

TEST_CASE("student_page: a student reads each step's reason, and no number of a hidden case",
          "[grading][reports][words]") {
  CHECK(student_page(test::ada()) ==
        "ada\n10 of 20 points\n"
        "\n✓ dot.scores: 4 of 4\n    Right.\n"
        "\n✗ dot.weights: 0 of 4\n    The root of dk is missing.\n"
        "\n~ dot.output: 6 of 6\n    Right for the numbers that your earlier steps gave it.\n"
        "\n· dot.mask: 0 of 6\n    Not written yet.\n");
  CHECK(student_page(test::bob()).starts_with("bob\n20 of 20 points\n\n✓ "));
  CHECK(test::harmless(student_page(test::mallory()), "\t"));
  SubmissionResult result = test::ada();
  result.problem = not_graded;
  CHECK(student_page(result) ==
        "ada\n\nThis submission could not be graded, which is no fault of its own.\n");
}

TEST_CASE("remarks: where nothing was graded no points were lost", "[grading][reports][words]") {
  SubmissionResult result = test::ada();
  result.problem = not_graded;
  CHECK(text_remarks({&result, 1}, 6) == "\nada\n  not graded\n");
}
