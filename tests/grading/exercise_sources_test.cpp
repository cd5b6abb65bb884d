/// The sources that are made of this project's mechanisms, all of them.
#include "attn/grading/exercise_sources.hpp"

#include <catch2/catch_test_macros.hpp>

#include "attn/grading/solutions.hpp"
#include "attn/io/fault.hpp"
#include "tests/grading/tables.hpp"
#include "tests/support/message.hpp"

using namespace attn::grading;
using namespace attn::grading::test;
using attn::test::message_of;

namespace {

const Library& library() {
  static const Library library(root, all_tables());
  return library;
}

std::string without_space(const std::string& text) {
  std::string bare;
  for (const char c : text) {
    if (c != ' ' && c != '\n') bare += c;
  }
  return bare;
}

std::string joined(const Marked& marked, std::size_t first, std::size_t last) {
  std::string text;
  for (std::size_t n = first; n <= last; ++n) text += marked.lines[n];
  return without_space(text);
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("exercise sources: no blank source has a solution, and each key has all",
          "[grading][marks]") {
  const std::vector<Assignment>& tables = library().tables();
  REQUIRE(tables.size() >= 3);
  std::vector<std::string> chapters;
  for (const Assignment& table : tables) chapters.push_back(table.chapter);
  const Choice all = choose(library(), chapters);
  const Solutions solutions(library(), all);
  const ExerciseSources sources = exercise_sources(library());
  std::size_t steps = 0;
  for (const auto& [mechanism, blank] : sources.blanks) {
    INFO(mechanism);
    CHECK(solutions.in(blank).empty());
    const std::string& key = sources.keys.at(mechanism);
    const Marked& marked = library().mechanisms().at(mechanism);
    const std::string bare_blank = without_space(blank);
    const std::string bare_key = without_space(key);
    for (const MarkedStep& step : marked.steps) {
      INFO(step.id);
      if (!all.blank.at(mechanism).contains(step.id)) {  // a cell's own step beside shared ones
        CHECK(contains(bare_blank, without_space(step.code)));
        CHECK(contains(bare_key, without_space(step.code)));
        continue;
      }
      CHECK_FALSE(contains(bare_blank, without_space(step.code)));
      CHECK(contains(bare_key, without_space(step.code)));
      CHECK(contains(blank, "exercise::done(\"" + step.id + "\""));
      CHECK(contains(key, "exercise::done(\"" + step.id + "\""));
      ++steps;
    }
    for (const Helper& helper : marked.helpers) {
      // The first line is the mark, which neither has.
      const std::string text = joined(marked, helper.first + 1, helper.last);
      CHECK_FALSE(contains(bare_blank, text));
      CHECK(contains(bare_key, text));
    }
    CHECK_FALSE(contains(blank, "// step:"));
    CHECK_FALSE(contains(blank, "mistaken"));
  }
  CHECK(steps >= 93);
}

TEST_CASE("exercise sources: every step of the tables has its note, with points and shape",
          "[grading][marks]") {
  const std::vector<Assignment>& tables = library().tables();
  const Sources blanks = exercise_sources(library()).blanks;
  for (const Assignment& table : tables) {
    for (const Step& step : table.steps) {
      INFO(step.id);
      CHECK(contains(blanks.at(step.mechanism()), "// STEP " + step.id + " ("));
    }
  }
  CHECK(contains(blanks.at("scaled_dot"),
                 "  // STEP scaled_dot.scores (2 points): S = Q K^T, eq. (1). Shape (Tq, Tk).\n"));
  CHECK(contains(blanks.at("scale"), "// STEP scale.scale (1 point)"));
}

TEST_CASE("exercise sources: every mistake of the tables is in the key", "[grading][marks]") {
  const std::vector<Assignment>& tables = library().tables();
  const Sources keys = exercise_sources(library()).keys;
  for (const Assignment& table : tables) {
    for (const Step& step : table.steps) {
      for (std::size_t n = 0; n < step.mistakes.size(); ++n) {
        INFO(step.id << " " << step.mistakes[n].name);
        const std::string& key = keys.at(step.mechanism());
        const std::string id = step.id + "/" + std::to_string(n + 1);
        CHECK(contains(key, "exercise::mistaken(\"" + id + "\")"));
        CHECK(contains(key, step.mistakes[n].code));
      }
    }
  }
}

TEST_CASE("exercise sources: a step that the source lacks is an error with the nearest name",
          "[grading][marks][errors]") {
  Assignment table;
  table.chapter = "scaled-dot-product";
  table.steps.resize(1);
  table.steps[0].id = "scaled_dot.socres";
  const std::string said =
      message_of<attn::io::InputError>([&] { exercise_sources(Library(root, {table})); });
  CHECK(said ==
        "chapters/exercises/scaled-dot-product.yaml: lib/attn/mechanisms/scaled_dot.cpp has no "
        "step scaled_dot.socres; did you mean scaled_dot.scores?");
  table.steps[0].id = "no_such_mechanism.scores";
  CHECK(
      contains(message_of<attn::io::InputError>([&] { exercise_sources(Library(root, {table})); }),
               "lib/attn/mechanisms/no_such_mechanism.cpp"));
}
