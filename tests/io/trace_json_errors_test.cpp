#include <catch2/catch_test_macros.hpp>
#include <regex>

#include "attn/io/trace_json.hpp"
#include "tests/io/temporary_folder.hpp"

namespace attn::io::test {
namespace {

std::string placed_fault(const std::string& json) {
  return fault_of([&] { trace_from_json(json, "a.json"); });
}

/// Without the line and the column, of which placed_fault tells.
std::string fault(const std::string& json) {
  const std::string placed = placed_fault(json);
  const std::string text =
      std::regex_replace(placed, std::regex("^a\\.json:[0-9]+:[0-9]+: "), "a.json: ");
  CHECK((placed.empty() || text != placed));
  return text;
}

const std::string head = R"({"format": "attn-trace", "version": 1, "chapter": "c", "steps": )";

/// A trace with one tensor, of which `with` gives the keys that count.
std::string tensor(const std::string& with) {
  return head + R"([{"id": "s", "tensors": [{"name": "x", )" + with + "}]}]}";
}

using Cases = std::vector<std::pair<std::string, std::string>>;

TEST_CASE("trace_from_json: what is not JSON is refused with line and column",
          "[trace_json][errors]") {
  const Cases cases{
      {"", "a.json:1:1: the file is empty, expected JSON"},
      {" \n", "a.json:1:1: the file is empty, expected JSON"},
      {"{\n \"format\": x}",
       "a.json:2:12: not valid JSON: syntax error while parsing value - invalid "
       "literal; last read: '\"format\": x'"},
      {"{\"我\" 1}",
       "a.json:1:6: not valid JSON: syntax error while parsing object separator - "
       "unexpected number literal; expected ':'"},
      {"{} {}",
       "a.json:1:4: not valid JSON: syntax error while parsing value - unexpected '{'; "
       "expected end of input"},
      {"{\"a\": 1, \"a\": 2}", "a.json:1:7: a: this key is given twice"},
      {"{\"a\": [1, 1e999]}",
       "a.json:1:11: a[1]: a number is out of the range of double precision"},
      {std::string("\0\1", 2),
       "a.json:1:1: this is a binary file (it has NUL bytes), not a text file"},
      {"\xff\xfe{", "a.json:1:1: the file is in UTF-16; save it as UTF-8"},
      {"{\"a\": \"\xff\"}", "a.json:1:8: byte 0xFF is not UTF-8 text"},
      {"chapter: demo",
       "a.json:1:1: not valid JSON: syntax error while parsing value - invalid "
       "literal; last read: 'c'"},
  };
  for (const auto& [json, message] : cases) CHECK(placed_fault(json) == message);
}

TEST_CASE("trace_from_json: what is wrong has the place of the value, or of the unknown key",
          "[trace_json][errors]") {
  const std::string start =
      "{\"format\": \"attn-trace\", \"version\": 1, \"chapter\": \"c\",\n \"steps\": ";
  const Cases cases{
      {start + "3}", "a.json:2:11: steps: found the number 3, expected a list"},
      {start + "[{\"id\": \"我\", \"titel\": [{}, \"]}\"],\n\"tensors\": []}]}",
       "a.json:2:24: steps[0]: unknown key \"titel\"; did you mean title?"},
      {start + "[{\"id\": \"a\\\"b\", \"tensors\": []},\n  {\"id\": 7, \"tensors\": []}]}",
       "a.json:3:10: steps[1].id: found the number 7, expected a text"},
      {start +
           "[{\"id\": \"s\", \"tensors\": [{\"name\": \"x\", \"axes\": [\"n\"], \"shape\": [2],\n"
           "   \"values\": [1,\n    \"two\"]}]}]}",
       "a.json:4:5: steps[0].tensors[0].values[1]: found text \"two\", expected a number, \"inf\", "
       "\"-inf\" or \"nan\""},
      {start + "[{\"id\": \"s\"}]}",
       "a.json:2:12: steps[0]: the key \"tensors\" is missing; expected id and tensors"},
  };
  for (const auto& [json, message] : cases) CHECK(placed_fault(json) == message);
}

TEST_CASE("trace_from_json: JSON that is no trace is refused", "[trace_json][errors]") {
  const Cases others{
      {"3", "the number 3"},     {"[]", "a list"},
      {"{}", "an empty object"}, {"null", "null"},
      {"\"x\"", "text \"x\""},   {"{\"version\": 1}", "an object whose first key is \"version\""}};
  for (const auto& [json, found] : others) {
    CHECK(fault(json) == "a.json: is not a trace: found " + found +
                             ", expected an object with \"format\": \"attn-trace\"");
  }
  const Cases cases{
      {R"({"format": "x"})", "format: found text \"x\", expected \"attn-trace\""},
      {R"({"format": 3})", "format: found the number 3, expected \"attn-trace\""},
      {R"({"format": "attn-trace", "version": 2})",
       "version: found the number 2, expected 1, the only version there is"},
      {R"({"format": "attn-trace"})",
       "the key \"version\" is missing; expected format, version, chapter and steps"},
      {R"({"format": "attn-trace", "version": 1, "chapter": "c"})",
       "the key \"steps\" is missing; expected format, version, chapter and steps"},
      {R"({"format": "attn-trace", "version": 1, "chapter": 1, "steps": []})",
       "chapter: found the number 1, expected a text"},
      {head + "{}}", "steps: found an object, expected a list"},
      {head + "[1]}", "steps: found numbers, expected a list of objects"},
      {head + "[[]]}", "steps[0]: found a list, expected an object"},
      {head + "[null]}", "steps[0]: found null, expected an object"},
      {head + "[{}]}", "steps[0]: the key \"id\" is missing; expected id and tensors"},
      {head + R"([{"id": "s", "tensors": [], "titel": ""}]})",
       "steps[0]: unknown key \"titel\"; did you mean title?"},
      {head + R"([{"id": "s", "tensors": []}, {"id": "s", "tensors": []}]})",
       "steps[1].id: two steps are called \"s\""},
      {head + R"([], "x": 1})",
       "unknown key \"x\"; expected one of format, version, chapter, steps, title, source, "
       "problem, axes, seen, try, next or page"},
      {head + R"([], "axes": ["Tq"]})", "axes: found a list, expected an object"},
      {head + R"([], "axes": {"Tq": 3}})", "axes.Tq: found the number 3, expected a text"},
  };
  for (const auto& [json, message] : cases) CHECK(fault(json) == "a.json: " + message);
}

TEST_CASE("trace_from_json: a tensor that does not fit its shape is refused where it does not",
          "[trace_json][errors]") {
  const Cases cases{
      {R"("axes": ["n"], "shape": [2])",
       ": the key \"values\" is missing; expected name, axes, shape and values"},
      {R"("axes": [], "shape": [2], "values": [1, 2])",
       ".shape: has 1 extent, but there are 0 axes"},
      {R"("axes": ["n"], "shape": ["x"], "values": [])",
       ".shape: found a list, expected a list of whole numbers"},
      {R"("axes": ["n"], "shape": [1.5], "values": [])",
       ".shape: found 1.5, expected whole numbers from 0 up"},
      {R"("axes": ["n"], "shape": [-1], "values": [])",
       ".shape: found -1, expected whole numbers from 0 up"},
      {R"("axes": ["n"], "shape": ["inf"], "values": [])",
       ".shape: found inf, expected whole numbers from 0 up"},
      {R"("axes": ["n", "m"], "shape": [100000000, 100000000], "values": [])",
       ".shape: (100000000, 100000000) has more entries than the limit of 16777216"},
      {R"("axes": ["n", "m"], "shape": [4294967296, 4294967296], "values": [])",
       ".shape: (4294967296, 4294967296) has more entries than the limit of 16777216"},
      {R"("axes": ["n"], "shape": [3], "values": [1, 2])",
       ".values: has 2 values, expected 3: the shape is (3)"},
      {R"("axes": ["n", "m"], "shape": [2, 2], "values": [[1, 2], [3]])",
       ".values[1]: has 1 value, expected 2: the shape is (2, 2)"},
      {R"("axes": ["n", "m"], "shape": [2, 2], "values": [1, 2])",
       ".values[0]: found the number 1, expected a list: the shape is (2, 2)"},
      {R"("axes": ["n", "m"], "shape": [2, 2], "values": [1, 2, 3, 4])",
       ".values: found 4 numbers in a row, expected 2 lists: the shape is (2, 2)"},
      {R"("axes": ["n"], "shape": [2], "values": [[1], [2]])",
       ".values[0]: found a list, expected a number: the shape is (2)"},
      {R"("axes": ["n"], "shape": [2], "values": 3)",
       ".values: found the number 3, expected a list: the shape is (2)"},
      {R"("axes": [], "shape": [], "values": [3])",
       ".values: found a list, expected a number: the shape is ()"},
      {R"("axes": ["n"], "shape": [2], "values": [1, "x"])",
       ".values[1]: found text \"x\", expected a number, \"inf\", \"-inf\" or \"nan\""},
      {R"("axes": ["n"], "shape": [2], "values": [1, null])",
       ".values[1]: found null, expected a number, \"inf\", \"-inf\" or \"nan\""},
      {R"("axes": ["n"], "shape": [2], "values": [true, 1])",
       ".values[0]: found true, expected a number, \"inf\", \"-inf\" or \"nan\""},
      {R"("axes": [1], "shape": [2], "values": [])",
       ".axes[0]: found the number 1, expected a text"},
      {R"("axes": "n", "shape": [2], "values": [])",
       ".axes: found text \"n\", expected a list of texts"},
      {R"("axes": ["n"], "shape": [2], "values": [], "labels": [["a"]])",
       ".labels[0]: has 1 text, but the axis has extent 2"},
      {R"("axes": ["n"], "shape": [2], "values": [], "labels": [[], []])",
       ".labels: has 2 lists, but there are 1 axes"},
      {R"("axes": ["n"], "shape": [2], "values": [], "labels": [["a", 1]])",
       ".labels[0][1]: found the number 1, expected a text"},
      {R"("axes": ["n"], "shape": [2], "values": [], "kind": "wait")",
       ".kind: found \"wait\", expected \"weight\", \"mask\" or \"wave\""},
  };
  for (const auto& [keys, message] : cases) {
    CHECK(fault(tensor(keys)) == "a.json: steps[0].tensors[0]" + message);
  }
  CHECK(
      fault(head + R"([{"id": "s", "tensors": [{"name": "x", "axes": [], "shape": [], "values": 1},
        {"name": "x", "axes": [], "shape": [], "values": 1}]}]})") ==
      "a.json: steps[0].tensors[1].name: two tensors are called \"x\"");
}

TEST_CASE("trace_from_json: a plot may show a column, against the numbers 0, 1, 2",
          "[trace_json]") {
  const auto plot = [](const std::string& y) {
    return fault(
        head +
        R"([{"id": "s", "tensors": [{"name": "t", "axes": ["n", "k"], "labels": [[], ["a"]],
        "shape": [1, 1], "values": [[1]]}], "plots": [{"series": [{"x": "", "y": ")" +
        y + "\"}]}]}]}");
  };
  CHECK(plot("t[a]").empty());
  CHECK(plot("u[a]") ==
        "a.json: steps[0].plots[0].series[0]: no tensor of the trace is called \"u[a]\"");
  CHECK(plot("t[a") ==
        "a.json: steps[0].plots[0].series[0]: no tensor of the trace is called \"t[a\"");
  CHECK(plot("") == "a.json: steps[0].plots[0].series[0]: no tensor of the trace is called \"\"");
}

TEST_CASE("trace_from_json: a plot names tensors of the trace", "[trace_json][errors]") {
  const auto plot = [](const std::string& series) {
    return fault(head + R"([{"id": "s", "tensors": [], "plots": [{"series": [)" + series +
                 "]}]}]}");
  };
  CHECK(plot(R"({"x": "a", "y": "b"})") ==
        "a.json: steps[0].plots[0].series[0]: no tensor of the trace is called \"a\"");
  CHECK(
      plot(R"({"x": "a", "y": "b", "mark": "bars"})") ==
      "a.json: steps[0].plots[0].series[0].mark: found \"bars\", expected \"points\" or \"line\"");
  CHECK(plot(R"({"x": "a"})") ==
        "a.json: steps[0].plots[0].series[0]: the key \"y\" is missing; expected x and y");
}

TEST_CASE("trace_from_json: deep nesting is refused before it does harm", "[trace_json][errors]") {
  std::string deep = "nested more than 64 levels deep";
  CHECK(fault(std::string(1000000, '[')).ends_with(deep));
  std::string objects;
  for (int i = 0; i < 100000; ++i) objects += "{\"a\":";
  CHECK(fault(objects).ends_with(deep));
  CHECK(fault(tensor(R"("axes": [], "shape": [], "values": )" + std::string(100000, '[')))
            .ends_with(deep));
}

TEST_CASE("trace_from_json: a file of countless values is refused", "[trace_json][errors]") {
  std::string lists = "[";
  for (int i = 0; i < 2100000; ++i) lists += "[],";
  CHECK(
      fault(lists).ends_with("the file has more than 2097152 values other than numbers in lists"));
}

}  // namespace
}  // namespace attn::io::test
