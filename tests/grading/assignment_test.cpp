/// The tables of exercises: what is read, what is refused, what students get.
#include "attn/grading/assignment.hpp"

#include <catch2/catch_test_macros.hpp>

#include "attn/io/fault.hpp"
#include "tests/grading/tables.hpp"
#include "tests/support/message.hpp"

using namespace attn::grading;

namespace {

Assignment read(const std::string& text) { return assignment_from_yaml({"t.yaml", text}); }

std::string said(const std::string& text) {
  return attn::test::message_of<attn::io::InputError>([&] { read(text); });
}

/// A table with one step, in which lines can be exchanged.
struct Table {
  std::string chapter = "chapter: demo";
  std::string id = "scaled_dot.scores";
  std::string points = "points: 1.5";
  std::string minutes = "minutes: 4";
  std::string difficulty = "difficulty: easy";
  std::string hints = "hints: [one, two]";
  std::string mistakes{};
  std::string end{};

  std::string text() const {
    return chapter + "\nsteps:\n  - step: " + id + "\n    " + points + "\n    " + minutes +
           "\n    " + difficulty + "\n    " + hints + "\n" + mistakes + end;
  }
};

/// The error of a table in whose first step a line is another one.
std::string with(std::string Table::*line, const std::string& text) {
  Table table;
  table.*line = text;
  return said(table.text());
}

std::string with_cases(const std::string& cases) {
  Table table;
  table.end = "cases:\n  axes: {Tq: [1, 2]}\n" + cases;
  return said(table.text());
}

const std::string full = R"(chapter: demo
steps:
  - step: scaled_dot.scores
    points: 2.5
    minutes: 10
    difficulty: hard
    hints:
      - first
      - "second: with a colon"
    mistakes:
      - name: a name
        code: |-
          f.scores = queries;
          f.scores *= 2.0;
        says: some "words" and a \ stroke
      - {name: without code, says: more}
  - {step: scale.scale, points: 1, minutes: 3, difficulty: easy, hints: [a, b]}
  - {step: scaled_dot.weights, points: 1, minutes: 2, difficulty: medium, hints: [a, b]}
cases:
  axes: {Tq: [2, 5], Tk: [3, 3]}
  equal: [[Tq, Tk]]
  always: [inputs.queries]
  sometimes: [inputs.mask, options.causal]
  ranges: {options.bandwidth: [0.5, 2]}
  choices: {options.scale: [sqrt_dk, 0.5]}
  boundaries:
    - reason: nothing is seen
      set: {inputs.mask: [[false, false]], options.causal: true}
      without: [options.scale]
      axes: {Tq: [1, 1]}
      ranges: {inputs.queries: [-9, 9]}
    - {reason: one query, axes: {Tq: [1, 2]}}
  not_examples: [large]
)";

}  // namespace

TEST_CASE("assignment: a table is read whole", "[grading][assignment]") {
  const Assignment table = read(full);
  CHECK(table.chapter == "demo");
  REQUIRE(table.steps.size() == 3);
  const Step& step = table.steps[0];
  CHECK(step.id == "scaled_dot.scores");
  CHECK(step.mechanism() == "scaled_dot");
  CHECK(step.field() == "scores");
  CHECK(step.points == 2.5);
  CHECK(step.minutes == 10.0);
  CHECK(step.difficulty == "hard");
  CHECK(step.hints == std::vector<std::string>{"first", "second: with a colon"});
  REQUIRE(step.mistakes.size() == 2);
  CHECK(step.mistakes[0].code == "f.scores = queries;\nf.scores *= 2.0;");
  CHECK(step.mistakes[0].says == "some \"words\" and a \\ stroke");
  CHECK(step.mistakes[1].code.empty());
  CHECK(table.points() == 4.5);
  CHECK(table.minutes() == 15.0);
  CHECK(table.find("scale.scale") == &table.steps[1]);
  CHECK(table.find("scale") == nullptr);
  CHECK(table.mechanisms() == std::vector<std::string>{"scaled_dot", "scale"});
  REQUIRE(table.cases.axes.size() == 2);
  CHECK(table.cases.axes[0].axis == "Tq");
  CHECK(table.cases.axes[0].low == 2);
  CHECK(table.cases.axes[0].high == 5);
  CHECK(table.cases.equal == std::vector<std::vector<std::string>>{{"Tq", "Tk"}});
  CHECK(table.cases.always == std::vector<std::string>{"inputs.queries"});
  CHECK(table.cases.sometimes.size() == 2);
  REQUIRE(table.cases.ranges.size() == 1);
  CHECK(table.cases.ranges[0].path == "options.bandwidth");
  CHECK(table.cases.ranges[0].low == 0.5);
  CHECK(table.cases.ranges[0].high == 2.0);
  REQUIRE(table.cases.choices.size() == 1);
  CHECK(table.cases.choices[0].second == std::vector<std::string>{"sqrt_dk", "0.5"});
  REQUIRE(table.cases.boundaries.size() == 2);
  const CaseRules::Boundary& first = table.cases.boundaries[0];
  CHECK(first.reason == "nothing is seen");
  REQUIRE(first.set.size() == 2);
  CHECK(first.set[0].first == "inputs.mask");
  CHECK(first.set[0].second.items.at(0).items.size() == 2);
  CHECK(first.without == std::vector<std::string>{"options.scale"});
  CHECK(first.axes.at(0).high == 1);
  CHECK(first.ranges.at(0).low == -9.0);
  CHECK(table.cases.boundaries[1].axes.at(0).high == 2);
  CHECK(table.cases.not_examples == std::vector<std::string>{"large"});
}

TEST_CASE("assignment: what students get reads back without any code", "[grading][assignment]") {
  std::vector<Assignment> tables = test::all_tables();
  tables.push_back(read(full));
  Table hard;
  hard.hints = R"(hints: ["a \"quote\", a \\, a: colon # no comment", "two\nlines\tand é"])";
  hard.mistakes = "    mistakes: [{name: '- [x', code: secret_code();, says: \"'{\"}]\n";
  tables.push_back(read(hard.text()));
  for (const Assignment& table : tables) {
    INFO(table.chapter);
    const std::string yaml = yaml_for_students(table);
    const Assignment back = read(yaml);
    CHECK(yaml.find("code:") == std::string::npos);
    CHECK(yaml.find("cases:") == std::string::npos);
    CHECK(back.chapter == table.chapter);
    CHECK(back.cases.axes.empty());
    REQUIRE(back.steps.size() == table.steps.size());
    for (std::size_t n = 0; n < back.steps.size(); ++n) {
      const Step& got = back.steps[n];
      const Step& expected = table.steps[n];
      INFO(expected.id);
      CHECK(got.id == expected.id);
      CHECK(got.points == expected.points);
      CHECK(got.minutes == expected.minutes);
      CHECK(got.difficulty == expected.difficulty);
      CHECK(got.hints == expected.hints);
      REQUIRE(got.mistakes.size() == expected.mistakes.size());
      for (std::size_t m = 0; m < got.mistakes.size(); ++m) {
        CHECK(got.mistakes[m].name == expected.mistakes[m].name);
        CHECK(got.mistakes[m].says == expected.mistakes[m].says);
        CHECK(got.mistakes[m].code.empty());
        const std::string& code = expected.mistakes[m].code;
        CHECK((code.empty() || yaml.find(code) == std::string::npos));
      }
    }
  }
}

TEST_CASE("assignment: what is no table is refused", "[grading][assignment][errors]") {
  CHECK(said("") == "t.yaml: found nothing, expected a map with chapter and steps");
  CHECK(said("# only a comment\n") ==
        "t.yaml: found nothing, expected a map with chapter and steps");
  CHECK(said("[1, 2]\n") ==
        "t.yaml:1:1: found a list of 2 numbers, expected a map with chapter and steps");
  CHECK(said("words") == "t.yaml:1:1: found text \"words\", expected a map with chapter and steps");
  CHECK(said("chapter: x\n") == "t.yaml:1:1: steps is missing");
  CHECK(said("chapter: x\nsteps: []\n") ==
        "t.yaml:2:8: found an empty list, expected at least one step");
  CHECK(said("chapter: x\nsteps: 3\n") ==
        "t.yaml:2:8: found the number 3, expected steps as a list");
  CHECK(said("chapter: x\nsteps: [3]\n") == "t.yaml:2:9: found the number 3, expected a step");
  CHECK(with(&Table::chapter, "{a: 1}").starts_with("t.yaml:2:1:"));  // no YAML
  CHECK(with(&Table::chapter, "chapter: [x]") ==
        "t.yaml:1:10: found a list of 1 text, expected chapter as a text");
  CHECK(with(&Table::chapter, "chaptr: demo") ==
        "t.yaml:1:1: unknown key chaptr; did you mean chapter?\n"
        "t.yaml:1:1: chapter is missing");
}

TEST_CASE("assignment: every fault of a step is told with its place",
          "[grading][assignment][errors]") {
  CHECK(said(Table().text()) == "(no error)");
  CHECK(with(&Table::points, "") == "t.yaml:3:5: points is missing");
  CHECK(with(&Table::minutes, "") == "t.yaml:3:5: minutes is missing");
  CHECK(with(&Table::difficulty, "") == "t.yaml:3:5: difficulty is missing");
  CHECK(with(&Table::hints, "") == "t.yaml:3:5: hints is missing");
  CHECK(with(&Table::id, "") ==
        "t.yaml:3:5: found nothing, expected step as a text\n"
        "t.yaml:3:5: found nothing, expected a mechanism and a field, "
        "such as scaled_dot.scores");
  for (const char* id : {"scores", ".scores", "scaled_dot."}) {
    CHECK(with(&Table::id, id) == "t.yaml:3:11: found text \"" + std::string(id) +
                                      "\", expected a mechanism and a field, such as "
                                      "scaled_dot.scores");
  }
  CHECK(with(&Table::points, "points: 0.25") ==
        "t.yaml:4:13: found the number 0.25, expected whole or half points");
  CHECK(with(&Table::points, "points: 0") ==
        "t.yaml:4:13: found the number 0, expected whole or half points");
  CHECK(with(&Table::points, "points: many").starts_with("t.yaml:4:13: "));
  CHECK(with(&Table::points, "points: .nan").starts_with("t.yaml:4:13: "));
  CHECK(with(&Table::points, "points: 1e30")
            .starts_with("t.yaml:4:13: found the number 1e30, expected a number from 0 to 1000"));
  CHECK(with(&Table::minutes, "minutes: -4") ==
        "t.yaml:5:14: found the number -4, expected a number from 0 to 1000");
  CHECK(with(&Table::difficulty, "difficulty: hrad") ==
        "t.yaml:6:17: found text \"hrad\", expected easy, medium or hard");
  CHECK(with(&Table::hints, "hints: [a, b, c]") ==
        "t.yaml:7:12: found a list of 3 texts, expected two hints");
  CHECK(with(&Table::hints, "hints: [a]") ==
        "t.yaml:7:12: found a list of 1 text, expected two hints");
  CHECK(with(&Table::hints, "hints: [a, [b]]") ==
        "t.yaml:7:16: found a list of 1 text, expected a text");
  CHECK(with(&Table::hints, "hints: both") == "t.yaml:7:12: found text \"both\", expected a list");
  CHECK(with(&Table::hints, "hint: [a, b]") ==
        "t.yaml:3:5: hints is missing\n"
        "t.yaml:7:5: unknown key hint; did you mean hints?");
  CHECK(with(&Table::mistakes, "    mistakes: [3]\n") ==
        "t.yaml:8:16: found the number 3, expected a mistake");
  CHECK(with(&Table::mistakes, "    mistakes: [{name: x}]\n") == "t.yaml:8:16: says is missing");
  CHECK(with(&Table::mistakes, "    mistakes: [{name: x, says: y, cod: z}]\n") ==
        "t.yaml:8:35: unknown key cod; did you mean code?");
  CHECK(with(&Table::end,
             "  - {step: scaled_dot.scores, points: 1, minutes: 1, difficulty: easy, "
             "hints: [a, b]}\n") == "t.yaml:8:5: the step scaled_dot.scores is there twice");
}

TEST_CASE("assignment: all faults are told at once, in the order of the file",
          "[grading][assignment][errors]") {
  Table table;
  table.points = "points: 0.1";
  table.difficulty = "difficulty: odd";
  table.end = "extra: 1\n";
  CHECK(said(table.text()) ==
        "t.yaml:4:13: found the number 0.1, expected whole or half points\n"
        "t.yaml:6:17: found text \"odd\", expected easy, medium or hard\n"
        "t.yaml:8:1: unknown key extra; expected one of chapter, hollow, twins, steps "
        "or cases");
}

TEST_CASE("assignment: twins are of its own steps", "[grading][assignment][errors]") {
  CHECK(with(&Table::end, "twins: {gru.x: scaled_dot.socres}\n") ==
        "t.yaml:8:16: found text \"scaled_dot.socres\", expected a step of this chapter");
  CHECK(with(&Table::end, "twins: [gru.x]\n") ==
        "t.yaml:8:8: found a list of 1 text, expected a map of steps to those of this chapter");
}

TEST_CASE("assignment: rules for cases that could not be drawn are refused",
          "[grading][assignment][errors]") {
  const auto end = [](const std::string& text) { return with(&Table::end, "cases:" + text); };
  CHECK(end("\n") == "t.yaml:8:1: found nothing, expected how cases are drawn");
  CHECK(end(" {}\n") == "t.yaml:8:8: axes is missing");
  CHECK(end(" {axes: 3}\n") ==
        "t.yaml:8:15: found the number 3, expected a map of axes and their extents");
  CHECK(end(" {axes: {Tq: [0, 2]}}\n") ==
        "t.yaml:8:20: found a list of 2 numbers, expected whole numbers from 1 to 64");
  CHECK(end(" {axes: {Tq: [1, 65]}}\n") ==
        "t.yaml:8:20: found a list of 2 numbers, expected whole numbers from 1 to 64");
  CHECK(end(" {axes: {Tq: [1.5, 2]}}\n") ==
        "t.yaml:8:20: found a list of 2 numbers, expected whole numbers from 1 to 64");
  CHECK(end(" {axes: {Tq: [3, 2]}}\n") ==
        "t.yaml:8:20: found a list of 2 numbers, expected the lower number first");
  CHECK(end(" {axes: {Tq: 2}}\n") == "t.yaml:8:20: found the number 2, expected two numbers");
  CHECK(with_cases("") == "(no error)");
  CHECK(with_cases("  axis: 3\n") == "t.yaml:10:3: unknown key axis; did you mean axes?");
  CHECK(with_cases("  always: a\n") == "t.yaml:10:11: found text \"a\", expected a list");
  CHECK(with_cases("  equal: [a]\n") == "t.yaml:10:11: found text \"a\", expected a list");
  CHECK(with_cases("  choices: [a]\n") ==
        "t.yaml:10:12: found a list of 1 text, expected a map of fields and values");
  CHECK(with_cases("  choices: {a: []}\n") ==
        "t.yaml:10:16: found an empty list, expected at least one value");
  CHECK(with_cases("  ranges: 3\n") ==
        "t.yaml:10:11: found the number 3, expected a map of fields and ranges");
  CHECK(with_cases("  ranges: {a: [2, 1]}\n") ==
        "t.yaml:10:15: found a list of 2 numbers, expected the lower number first");
  CHECK(with_cases("  ranges: {a: [1, x]}\n").starts_with("t.yaml:10:19: the upper end"));
}

TEST_CASE("assignment: a boundary has a reason and changes something",
          "[grading][assignment][errors]") {
  const auto boundary = [](const std::string& text) {
    return with_cases("  boundaries: [" + text + "]\n");
  };
  CHECK(boundary("{reason: x, axes: {Tq: [1, 1]}}") == "(no error)");
  CHECK(boundary("{axes: {Tq: [1, 1]}}") == "t.yaml:10:16: reason is missing");
  CHECK(boundary("{reason: x}") ==
        "t.yaml:10:16: the boundary changes nothing; expected set, without, axes or ranges");
  CHECK(boundary("{reason: x, sets: {a: 1}, axes: {Tq: [1, 1]}}") ==
        "t.yaml:10:28: unknown key sets; did you mean set?");
  CHECK(boundary("3") ==
        "t.yaml:10:16: found the number 3, expected a boundary: a reason, and what is set");
  CHECK(boundary("{reason: x, set: [a]}")
            .starts_with(
                "t.yaml:10:33: found a list of 1 text, expected a map of fields and values"));
  CHECK(boundary("{reason: x, axes: {Tq: [0, 1]}}")
            .starts_with(
                "t.yaml:10:39: found a list of 2 numbers, expected whole numbers from 1 to 64"));
  CHECK(boundary("{reason: x, ranges: {a: [2, 1]}}") ==
        "t.yaml:10:40: found a list of 2 numbers, expected the lower number first");
  CHECK(with_cases("  boundaries: 3\n") ==
        "t.yaml:10:15: found the number 3, expected boundaries as a list");
}
