#include "attn/io/trace_json.hpp"

#include <bit>
#include <catch2/catch_test_macros.hpp>
#include <limits>
#include <random>

#include "tests/io/temporary_folder.hpp"

namespace attn::io::test {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

trace::Trace small_trace() {
  trace::Tensor weights{.name = "weights",
                        .axes = {"Tq", "Tk"},
                        .labels = {{"我"}, {}},
                        .shape = {1, 3},
                        .values = {0.25, -0.0, 1e-300},
                        .kind = "weight",
                        .formula = "softmax(S)"};
  trace::Tensor loss{.name = "loss",
                     .axes = {},
                     .labels = {},
                     .shape = {},
                     .values = {-infinity},
                     .kind = "",
                     .formula = ""};
  trace::Tensor unwritten{.name = "context",
                          .axes = {"Tq", "dv"},
                          .labels = {{}, {}},
                          .shape = {0, 0},
                          .values = {},
                          .kind = "",
                          .formula = ""};
  trace::Plot plot{"Loss by epoch", {{"loss", "weights", "loss", trace::Series::Mark::line}}};
  return {.chapter = "demo",
          .title = "A \"title\"\n",
          .source = "",
          .problem = "What to do?",
          .steps = {{.id = "first",
                     .title = "Weigh",
                     .formula = "W",
                     .source = "eq. (1)",
                     .prose = "One.",
                     .drawing = {"a ──> b", " └─> c"},
                     .tensors = {weights, loss},
                     .plots = {plot}},
                    {.id = "second",
                     .title = "",
                     .formula = "",
                     .source = "",
                     .prose = "",
                     .tensors = {unwritten},
                     .plots = {}}},
          .axes = {{"Tq", "number of queries"}, {"Tk", ""}},
          .seen = "All of it.",
          .tries = {{"./attn demo", "again"}, {"./attn other", ""}},
          .next = "other",
          .page = "docs/chapters/demo.md"};
}

const std::string small_json =
    R"json({"format": "attn-trace", "version": 1, "chapter": "demo", "title": "A \"title\"\n", "source": "", "problem": "What to do?",
 "axes": {"Tq": "number of queries", "Tk": ""},
 "steps": [
  {"id": "first", "title": "Weigh", "formula": "W", "source": "eq. (1)", "prose": "One.",
   "drawing": ["a ──> b", " └─> c"],
   "tensors": [
    {"name": "weights", "axes": ["Tq", "Tk"], "labels": [["我"], []], "shape": [1, 3],
     "values": [[0.25, -0.0, 1e-300]], "kind": "weight", "formula": "softmax(S)"},
    {"name": "loss", "axes": [], "labels": [], "shape": [],
     "values": "-inf"}],
   "plots": [
    {"title": "Loss by epoch", "series": [{"label": "loss", "x": "weights", "y": "loss", "mark": "line"}]}]},
  {"id": "second", "title": "", "formula": "", "source": "", "prose": "",
   "tensors": [
    {"name": "context", "axes": ["Tq", "dv"], "labels": [[], []], "shape": [0, 0],
     "values": []}]}], "seen": "All of it.",
 "try": [
  {"command": "./attn demo", "why": "again"},
  {"command": "./attn other", "why": ""}], "next": "other", "page": "docs/chapters/demo.md"}
)json";

TEST_CASE("to_json: a trace is laid out as documented", "[trace_json]") {
  CHECK(to_json(small_trace()) == small_json);
}

TEST_CASE("trace_from_json: what was written is read again, all of it", "[trace_json]") {
  const trace::Trace trace = trace_from_json(small_json, "a.json");
  CHECK(to_json(trace) == small_json);
  CHECK(trace.axes.at(0).meaning == "number of queries");
  CHECK(trace.title == "A \"title\"\n");
  CHECK(trace.problem == "What to do?");
  CHECK(trace.seen == "All of it.");
  CHECK(trace.tries.at(0).why == "again");
  CHECK(trace.next == "other");
  const trace::Tensor& weights = trace.steps.at(0).tensors.at(0);
  CHECK(weights.labels == std::vector<std::vector<std::string>>{{"我"}, {}});
  CHECK(std::signbit(weights.values.at(1)));
  CHECK(trace.steps[0].tensors.at(1).values == std::vector<double>{-infinity});
  CHECK(trace.steps[0].plots.at(0).series.at(0).mark == trace::Series::Mark::line);
  CHECK(trace.steps.at(1).tensors.at(0).absent());
}

TEST_CASE("trace_from_json: every double survives the round trip to the last bit", "[trace_json]") {
  std::vector<double> values{0.1,
                             -0.0,
                             0.0,
                             5e-324,
                             2.2250738585072014e-308,
                             1e22,
                             1e23,
                             123456789012345680.0,
                             0x1p63,
                             -0x1p64,
                             1.7976931348623157e308,
                             infinity,
                             -infinity,
                             nan,
                             4e15,
                             9007199254740993.0};
  std::mt19937_64 random(1);
  while (values.size() < 5000) {
    const auto value = std::bit_cast<double>(random());
    if (std::isfinite(value)) values.push_back(value);
  }
  trace::Trace trace;
  trace.chapter = "bits";
  trace.steps.resize(1);
  trace.steps[0].id = "all";
  for (const std::vector<std::size_t>& shape :
       {std::vector<std::size_t>{5000}, {100, 50}, {5000, 1}, {10, 5, 100}}) {
    trace::Tensor tensor;
    tensor.name = "values";
    tensor.axes.assign(shape.size(), "n");
    tensor.shape = shape;
    tensor.values = values;
    trace.steps[0].tensors = {tensor};
    const trace::Trace read = trace_from_json(to_json(trace), "bits.json");
    const std::vector<double>& found = read.steps.at(0).tensors.at(0).values;
    REQUIRE(found.size() == values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      const bool same = std::isnan(values[i]) ? std::isnan(found[i])
                                              : std::bit_cast<std::uint64_t>(values[i]) ==
                                                    std::bit_cast<std::uint64_t>(found[i]);
      if (!same) FAIL("entry " << i);
    }
  }
}

TEST_CASE("trace_from_json: a file with only what is required loads", "[trace_json]") {
  const trace::Trace trace = trace_from_json(
      R"({"steps": [{"tensors": [{"values": [[1, "nan"], ["inf", 2]], "shape": [2, 2],
          "axes": ["a", "b"], "name": "x"}, {"name": "y", "axes": ["a"], "shape": [2],
          "labels": [null], "values": [1, 2]}, {"name": "z", "axes": ["a"], "shape": [2],
          "labels": [["inf", "nan"]], "values": []}], "id": "s"}],
          "chapter": "c", "version": 1, "format": "attn-trace"})",
      "a.json");
  CHECK(trace.chapter == "c");
  const auto& tensors = trace.steps.at(0).tensors;
  CHECK(tensors.at(0).values.at(2) == infinity);
  CHECK(tensors[0].labels.size() == 2);
  CHECK(tensors.at(1).labels == std::vector<std::vector<std::string>>{{}});
  CHECK(tensors.at(2).labels == std::vector<std::vector<std::string>>{{"inf", "nan"}});
  CHECK(tensors[2].absent());
}

TEST_CASE("to_json: bytes that are not UTF-8 and control characters leave valid JSON",
          "[trace_json]") {
  trace::Trace trace;
  trace.chapter = "a\xff\x01\t\\";
  const std::string json = to_json(trace);
  CHECK(json.find("\"a\xEF\xBF\xBD\\u0001\\u0009\\\\\"") != std::string::npos);
  CHECK(trace_from_json(json, "a.json").chapter == "a\xEF\xBF\xBD\x01\t\\");
}

TEST_CASE("to_json: a tensor whose values do not fit its shape is a mistake of the program",
          "[trace_json][errors]") {
  trace::Trace trace = small_trace();
  trace.steps[0].tensors[0].shape = {2, 3};
  CHECK_THROWS_AS(to_json(trace), std::logic_error);
}

TEST_CASE("read_trace: a file is read, and one that cannot be is named", "[trace_json][errors]") {
  const TemporaryFolder folder;
  CHECK(to_json(read_trace(folder.write("a.json", small_json))) == small_json);
  CHECK(fault_of([&] { read_trace(folder.file("b.json")); }, folder.file("")) ==
        "b.json: no such file");
  CHECK(fault_of([&] { read_trace("/"); }) == "/: is a folder, expected a file");
}

}  // namespace
}  // namespace attn::io::test
