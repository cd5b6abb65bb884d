#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "attn/grading/report/reports.hpp"
#include "attn/io/fault.hpp"
#include "tests/grading/report/samples.hpp"

using namespace attn::grading;
using nlohmann::json;

namespace {

void check_equal(const SubmissionResult& a, const SubmissionResult& b) {
  CHECK(a.name == b.name);
  CHECK(a.problem == b.problem);
  CHECK(a.detail == b.detail);
  CHECK(a.notes == b.notes);
  REQUIRE(a.said.size() == b.said.size());
  for (std::size_t i = 0; i < a.said.size(); ++i) {
    CHECK(a.said[i].who == b.said[i].who);
    CHECK(a.said[i].about == b.said[i].about);
    CHECK(a.said[i].text == b.said[i].text);
    CHECK(a.said[i].for_student == b.said[i].for_student);
  }
  CHECK(a.seconds == b.seconds);
  CHECK(a.key == b.key);
  REQUIRE(a.steps.size() == b.steps.size());
  for (std::size_t i = 0; i < a.steps.size(); ++i) {
    const StepResult &x = a.steps[i], &y = b.steps[i];
    CHECK(x.step == y.step);
    CHECK(x.verdict == y.verdict);
    CHECK(x.carried == y.carried);
    CHECK(x.points == y.points);
    CHECK(x.possible == y.possible);
    CHECK(x.mistake == y.mistake);
    CHECK(x.message == y.message);
    CHECK(x.detail == y.detail);
  }
}

SubmissionResult again(const SubmissionResult& result) {
  return result_from_json(to_json(result), "ada.json");
}

/// The record of ada, changed.
template <class Change>
std::string refused(Change change) {
  json record = json::parse(to_json(test::ada()));
  change(record);
  try {
    result_from_json(record.dump(), "ada.json");
  } catch (const attn::io::InputError& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("result_json: one submission", "[grading][reports][result_json]") {
  SubmissionResult result = test::ada();
  result.steps.resize(1);
  result.notes = {"n"};
  result.said = {{Said::Who::linker, "", "t", true}};
  CHECK(to_json(result) ==
        R"({"format": "attn-result", "version": 2, "name": "ada", "problem": "", "detail": "", )"
        R"("notes": ["n"], "said": [{"who": "linker", "about": "", "text": "t", )"
        R"("for_student": true}], "seconds": 1.5, "key": "k1", "steps": [)"
        "\n  "
        R"({"step": "dot.scores", "verdict": "done", "carried": false, "points": 4, )"
        R"("possible": 4, "mistake": "", "message": "", "detail": ""}]})"
        "\n");
}

TEST_CASE("result_json: what is written reads back", "[grading][reports][result_json]") {
  for (const SubmissionResult& result : test::many(9)) check_equal(again(result), result);
  check_equal(again({}), {});
  SubmissionResult odd = test::ada();
  odd.name = "nan";
  odd.steps[0].points = 0.1 + 0.2;  // to the last bit
  odd.steps[1].points = -1.0;
  odd.seconds = 1e-300;
  odd.problem = std::string("a\0b\x1b\n\t\"\\\x7f", 9) + "\u202E我";
  check_equal(again(odd), odd);
}

TEST_CASE("result_json: bytes that are no text do not stop it", "[grading][reports][result_json]") {
  const SubmissionResult once = again(test::mallory());
  CHECK(once.name.find("\uFFFD") != std::string::npos);
  check_equal(again(once), once);
}

TEST_CASE("result_json: anything else is refused, with its place",
          "[grading][reports][result_json]") {
  CHECK(refused([](json&) {}) == "accepted");
  CHECK(refused([](json& r) { r.erase("format"); }) ==
        "ada.json: is not a result: expected an object with \"format\": \"attn-result\"");
  CHECK(refused([](json& r) { r["format"] = "attn-trace"; }) ==
        "ada.json: format: found text \"attn-trace\", expected \"attn-result\"");
  CHECK(refused([](json& r) { r["version"] = 1; }) ==
        "ada.json: version: found the number 1, expected 2, the only version there is");
  CHECK(refused([](json& r) { r.erase("version"); }) == "ada.json: the key \"version\" is missing");
  CHECK(refused([](json& r) { r.erase("key"); }) == "ada.json: the key \"key\" is missing");
  CHECK(refused([](json& r) { r["problme"] = ""; }) ==
        "ada.json: unknown key \"problme\"; did you mean problem?");
  CHECK(refused([](json& r) { r["name"] = 3; }) ==
        "ada.json: name: found the number 3, expected a text");
  CHECK(refused([](json& r) {
          r["notes"] = {"a", true};
        }) == "ada.json: notes: found true, expected a text");
  CHECK(refused([](json& r) { r["notes"] = "a"; }) ==
        "ada.json: notes: found text \"a\", expected a list of texts");
  CHECK(refused([](json& r) {
          r["said"] = {{{"who", "compiler"}}};
        }) == "ada.json: said[0]: the key \"about\" is missing");
  CHECK(refused([](json& r) {
          r["said"] = {{{"who", "me"}, {"about", ""}, {"text", ""}, {"for_student", true}}};
        }) == "ada.json: said[0].who: found \"me\"; expected one of compiler, linker or program");
  CHECK(refused([](json& r) { r["seconds"] = -1; }) ==
        "ada.json: seconds: found the number -1, expected at least 0");
  CHECK(refused([](json& r) { r["seconds"] = "nan"; }) ==
        "ada.json: seconds: found text \"nan\", expected a number");
  CHECK(refused([](json& r) {
          r["steps"] = {1, 2};
        }) == "ada.json: steps: found a list of numbers, expected a list of objects");
  CHECK(refused([](json& r) { r["steps"] = nullptr; }) ==
        "ada.json: steps: found null, expected a list of objects");
  CHECK(refused([](json& r) { r["steps"][1] = "x"; }) ==
        "ada.json: steps[1]: found text \"x\", expected an object");
  CHECK(refused([](json& r) { r["steps"][1]["verdict"] = "don"; }) ==
        "ada.json: steps[1].verdict: found \"don\"; did you mean done?");
  CHECK(refused([](json& r) { r["steps"][1]["carried"] = 1; }) ==
        "ada.json: steps[1].carried: found the number 1, expected true or false");
  CHECK(refused([](json& r) { r["steps"][1]["possible"] = -4; }) ==
        "ada.json: steps[1].possible: found the number -4, expected at least 0");
  CHECK(refused([](json& r) { r["steps"][1].erase("points"); }) ==
        "ada.json: steps[1]: the key \"points\" is missing");
  CHECK(refused([](json& r) { r["steps"][1]["step"] = "dot.scores"; }) ==
        "ada.json: steps[1]: a second step is called \"dot.scores\"");
}

TEST_CASE("result_json: what is cut off or no JSON is refused", "[grading][reports][result_json]") {
  const std::string text = to_json(test::mallory());
  for (std::size_t length = 0; length + 2 < text.size(); length += 7) {
    CHECK_THROWS_AS(result_from_json(text.substr(0, length), "x.json"), attn::io::InputError);
  }
  for (const char* other : {"", "[]", "3", "null", "\"attn-result\"", "{}", "{\"format\": []}"}) {
    CHECK_THROWS_AS(result_from_json(other, "x.json"), attn::io::InputError);
  }
}
