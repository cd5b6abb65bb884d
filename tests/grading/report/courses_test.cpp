/// Gradescope and GitHub Classroom: what the student sees.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>

#include "attn/grading/report/reports.hpp"
#include "tests/grading/report/samples.hpp"

using namespace attn::grading;
using nlohmann::json;

namespace {

using Names = std::set<std::string>;

// "Output format" in https://gradescope-autograders.readthedocs.io/en/latest/specs/.
const Names top_keys{"score",       "execution_time",     "output",          "output_format",
                     "visibility",  "stdout_visibility",  "extra_data",      "tests",
                     "leaderboard", "test_output_format", "test_name_format"};
const Names test_keys{"score",  "max_score",     "status", "name",       "name_format", "number",
                      "output", "output_format", "tags",   "visibility", "extra_data"};
const Names visibilities{"hidden", "after_due_date", "after_published", "visible"};
const Names formats{"text", "html", "simple_format", "md", "ansi"};

Names keys_of(const json& object) {
  Names keys;
  for (const auto& [key, value] : object.items()) keys.insert(key);
  return keys;
}

bool contains_all(const Names& all, const Names& some) {
  return std::includes(all.begin(), all.end(), some.begin(), some.end());
}

void check_gradescope(const json& top) {
  CHECK(contains_all(top_keys, keys_of(top)));
  CHECK(top.at("score").is_number());
  CHECK(top.at("execution_time").is_number());
  CHECK((!top.contains("output") || top.at("output").is_string()));
  CHECK(formats.contains(top.at("output_format").get<std::string>()));
  CHECK(visibilities.contains(top.at("visibility").get<std::string>()));
  CHECK(top.at("stdout_visibility") == "hidden");
  CHECK(top.at("extra_data").is_object());
  double score = 0.0;
  for (const json& test : top.at("tests")) {
    CHECK(contains_all(test_keys, keys_of(test)));
    score += test.at("score").get<double>();
    CHECK(test.at("max_score").is_number());
    CHECK(Names{"passed", "failed"}.contains(test.at("status").get<std::string>()));
    CHECK(test.at("name").is_string());
    CHECK(test.at("number").is_string());
    CHECK(test.at("output").is_string());
    CHECK(formats.contains(test.at("name_format").get<std::string>()));
    CHECK(formats.contains(test.at("output_format").get<std::string>()));
    CHECK(visibilities.contains(test.at("visibility").get<std::string>()));
    CHECK(test.at("extra_data").is_object());
  }
  CHECK(top.at("score").get<double>() == score);
}

std::string decoded(const std::string& base64_text) {
  const std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  unsigned bits = 0;
  int count = 0;
  for (const char c : base64_text) {
    if (c == '=') break;
    bits = (bits << 6 | static_cast<unsigned>(digits.find(c))) & 0xFFFFU;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>(bits >> count & 0xFFU);
  }
  return bytes;
}

}  // namespace

TEST_CASE("gradescope: every key and value is in the documented list",
          "[grading][reports][gradescope]") {
  for (const Details details : {Details::none, Details::extra_data}) {
    for (const SubmissionResult& result : test::small_class()) {
      check_gradescope(json::parse(gradescope(result, details)));
    }
    check_gradescope(json::parse(gradescope(test::mallory(), details)));
    check_gradescope(json::parse(gradescope({}, details)));
  }
}

TEST_CASE("gradescope: one submission", "[grading][reports][gradescope]") {
  SubmissionResult result = test::ada();
  result.steps.resize(2);
  CHECK(gradescope(result) ==
        R"({"score": 4, "execution_time": 1.5, "output_format": "text", "visibility": "visible", )"
        R"("stdout_visibility": "hidden", "extra_data": {"name": "ada", "key": "k1"}, "tests": [)"
        "\n  "
        R"({"score": 4, "max_score": 4, "status": "passed", "name": "dot.scores", )"
        R"("name_format": "text", "number": "1", "output": "Right.", "output_format": "text", )"
        R"("visibility": "visible", "extra_data": {"verdict": "done", "mistake": ""}},)"
        "\n  "
        R"({"score": 0, "max_score": 4, "status": "failed", "name": "dot.weights", )"
        R"("name_format": "text", "number": "2", "output": "The root of dk is missing.", )"
        R"("output_format": "text", "visibility": "visible", )"
        R"("extra_data": {"verdict": "wrong", "mistake": "no root"}}]})"
        "\n");
}

TEST_CASE("gradescope: no number of a hidden case gets out", "[grading][reports][gradescope]") {
  for (const SubmissionResult& result : test::small_class()) {
    const std::string text = gradescope(result);
    CHECK(text.find("0.731058") == std::string::npos);
    CHECK(text.find("hidden-2") == std::string::npos);
    // With details they are in extra_data, and nowhere else.
    json top = json::parse(gradescope(result, Details::extra_data));
    if (!result.problem.empty()) {
      CHECK(top.at("extra_data").at("problem") == result.problem);
      CHECK(top.at("extra_data").at("detail") == result.detail);
    }
    top.erase("extra_data");
    for (std::size_t i = 0; i < top.at("tests").size(); ++i) {
      CHECK(top["tests"][i]["extra_data"]["detail"] == result.steps[i].detail);
      top["tests"][i].erase("extra_data");
    }
    CHECK(top.dump().find("0.731058") == std::string::npos);
    CHECK(top.dump().find("hidden-2") == std::string::npos);
  }
}

TEST_CASE("gradescope: the student reads the reason, what was taken, and the compiler's words",
          "[grading][reports][gradescope]") {
  CHECK(json::parse(gradescope(test::eve())).at("output") ==
        "This submission could not be graded in full: does not compile.\n"
        "scores.cpp is taken from scores-1.cpp.\n"
        "\n"
        "the compiler says of scores.cpp:\n"
        "  | In file included from x:\n"
        "  | scores.cpp:3:1: error: 'q' was not declared");
  SubmissionResult missing = test::ada();
  missing.problem = "incomplete: there is no scale.cpp; scael.cpp looks like it";
  CHECK(json::parse(gradescope(missing)).at("output") ==
        "This submission could not be graded in full: incomplete: there is no scale.cpp; scael.cpp "
        "looks like it.");
  SubmissionResult prints = test::bob();
  prints.said = {{Said::Who::program, "", "weights ok\n", true}};
  CHECK(json::parse(gradescope(prints)).at("output") == "the program prints:\n  | weights ok");
  CHECK_FALSE(json::parse(gradescope(test::bob())).contains("output"));
}

TEST_CASE("gradescope: carried steps pass, and every step has something to say",
          "[grading][reports][gradescope]") {
  const json tests = json::parse(gradescope(test::ada())).at("tests");
  CHECK(tests[2].at("status") == "passed");
  CHECK(tests[2].at("output") == "Right for the numbers that your earlier steps gave it.");
  CHECK(tests[3].at("status") == "failed");
  CHECK(tests[3].at("output") == "Not written yet.");
}

TEST_CASE("gradescope: a message of many lines keeps them, and is harmless",
          "[grading][reports][gradescope]") {
  const json test = json::parse(gradescope(test::mallory())).at("tests").at(0);
  const auto output = test.at("output").get<std::string>();
  CHECK(output.starts_with("=cmd|'/c calc'!A1,\"q\"\n<b>&amp;]]></b>\t\\␛[31m␇␡\uFFFD31m"));
  CHECK(test::harmless(output, "\t"));
  CHECK(test::harmless(test.at("name").get<std::string>()));
}

TEST_CASE("github_classroom: what the reporter reads is there", "[grading][reports][github]") {
  for (const SubmissionResult& result : {test::ada(), test::bob(), test::eve(), test::mallory()}) {
    const json top = json::parse(github_classroom(result));
    CHECK(keys_of(top) == Names{"version", "status", "max_score", "tests"});
    CHECK(top.at("version") == 1);
    CHECK(top.at("max_score").get<double>() == result.possible());
    double score = 0.0;
    for (const json& test : top.at("tests")) {
      CHECK(keys_of(test) ==
            Names{"name", "status", "message", "test_code", "filename", "line_no", "score"});
      CHECK(Names{"pass", "fail", "error"}.contains(test.at("status").get<std::string>()));
      score += test.at("score").get<double>();
      for (const char* key : {"name", "message"}) {
        const auto text = test.at(key).get<std::string>();
        CHECK(test::harmless(text));
        CHECK(text.find('\n') == std::string::npos);
        CHECK(text.find("##[") == std::string::npos);
      }
    }
    CHECK(score == result.points());
    if (result.name != test::hostile()) {
      CHECK(top.dump().find("0.731058") == std::string::npos);
      CHECK(top.dump().find("hidden-2") == std::string::npos);
    }
  }
}

TEST_CASE("github_classroom: pass, fail and error", "[grading][reports][github]") {
  const json ada = json::parse(github_classroom(test::ada()));
  CHECK(ada.at("status") == "fail");
  CHECK(ada.at("tests")[0].at("status") == "pass");
  CHECK(ada.at("tests")[0].at("name") == "dot.scores");
  CHECK(ada.at("tests")[1].at("status") == "fail");
  CHECK(ada.at("tests")[1].at("name") == "dot.weights: The root of dk is missing.");
  CHECK(ada.at("tests")[1].at("message") == "The root of dk is missing.");
  CHECK(json::parse(github_classroom(test::bob())).at("status") == "pass");
  const json eve = json::parse(github_classroom(test::eve()));
  CHECK(eve.at("status") == "error");
  CHECK(eve.at("tests")[0].at("message") ==
        "This submission could not be graded in full: does not compile; the compiler says of "
        "scores.cpp: “scores.cpp:3:1: error: 'q' was not declared”");
  CHECK(json::parse(github_classroom({})).at("status") == "error");
}

TEST_CASE("base64: the examples of RFC 4648, and what is no text", "[grading][reports][github]") {
  CHECK(base64("").empty());
  CHECK(base64("f") == "Zg==");
  CHECK(base64("fo") == "Zm8=");
  CHECK(base64("foo") == "Zm9v");
  CHECK(base64("foob") == "Zm9vYg==");
  CHECK(base64("fooba") == "Zm9vYmE=");
  CHECK(base64("foobar") == "Zm9vYmFy");
  CHECK(base64("\xFB\xFF\xFE") == "+//+");
  const std::string text = github_classroom(test::mallory());
  CHECK(decoded(base64(text)) == text);
}

TEST_CASE("reports: numbers that JSON cannot say are refused", "[grading][reports]") {
  for (const double odd : {std::numeric_limits<double>::infinity(), std::nan("")}) {
    SubmissionResult result = test::ada();
    result.steps[0].points = odd;
    CHECK_THROWS_AS(gradescope(result), std::invalid_argument);
    CHECK_THROWS_AS(github_classroom(result), std::invalid_argument);
    CHECK_THROWS_AS(to_json(result), std::invalid_argument);
  }
}
