/// Traces as programs in other languages print them.
#include "attn/io/program_output.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>

#include "attn/io/trace_json.hpp"
#include "tests/io/temporary_folder.hpp"

namespace attn::io::test {
namespace {

std::string trace_of(const std::string& values, const std::string& shape = "[3]",
                     const std::string& axes = "[\"NaN I\"]") {
  return R"({"format": "attn-trace", "version": 1, "chapter": "c", "steps": [{"id": "s",
  "tensors": [{"name": "x", "axes": )" +
         axes + R"(, "shape": )" + shape + R"(, "values": )" + values + "}]}]}";
}

std::vector<double> values(const std::string& text) {
  return trace_from_json(text, "a.json").steps.at(0).tensors.at(0).values;
}

std::string note(const std::string& printed) {
  const PrintedTrace read = trace_from_output(printed, "its trace");
  CHECK(read.trace.steps.at(0).tensors.at(0).values == std::vector<double>{1, 2, 3});
  return read.note;
}

const std::string plain = trace_of("[1, 2, 3]");

TEST_CASE("trace_from_json: the words that Python writes are numbers", "[trace_json]") {
  const std::vector<double> read = values(trace_of("[-Infinity, Infinity, NaN]"));
  CHECK(read.at(0) == -HUGE_VAL);
  CHECK(read.at(1) == HUGE_VAL);
  CHECK(std::isnan(read.at(2)));
  CHECK(values(trace_of("-Infinity", "[]", "[]")) == std::vector<double>{-HUGE_VAL});
  // In a text they are a text.
  CHECK(trace_from_json(trace_of("[NaN, 2, 3]"), "a.json").steps[0].tensors[0].axes.at(0) ==
        "NaN I");
  CHECK(values("\xEF\xBB\xBF" + plain) == std::vector<double>{1, 2, 3});
}

TEST_CASE("trace_from_json: a place behind such words is that of the text as it was",
          "[trace_json][errors]") {
  CHECK(fault_of([] {
          trace_from_json("[NaN, NaN,\n NaN, x]", "a.json");
        }).starts_with("a.json:2:7: "));
  for (const char* text : {"[nan]", "[NAN]", "[-Inf]", "[NaNs]", "[xNaN]", "[+Infinity]"}) {
    CHECK(fault_of([&] { trace_from_json(text, "a.json"); }).find("not valid JSON") !=
          std::string::npos);
  }
}

TEST_CASE("trace_from_output: what stands beside the trace is skipped and named", "[trace_json]") {
  CHECK(note(plain).empty());
  CHECK(note("\n " + plain + "\n\n").empty());
  CHECK(note("\xEF\xBB\xBF" + plain).empty());
  const std::string rest = ": that is no part of it, and belongs on standard error";
  CHECK(note("loading numpy ...\n" + plain) ==
        "beside its trace it printed line 1, \"loading numpy ...\"" + rest);
  CHECK(note("loading\r\n{'lr': 0.1}\n" + plain) ==
        "beside its trace it printed lines 1 to 2, beginning with \"loading\"" + rest);
  CHECK(note("done: " + plain) == "beside its trace it printed line 1, \"done: \"" + rest);
  CHECK(note(plain + "\nbye { \"x\" }\n") ==
        "beside its trace it printed line 3, \"bye { \"x\" }\"" + rest);
  CHECK(note("a\n" + plain + "\nb") ==
        "beside its trace it printed line 1, \"a\"; line 4, \"b\"" + rest);
  CHECK(note("\x1b[31mred\n" + plain) == "beside its trace it printed line 1, \"?[31mred\"" + rest);
}

TEST_CASE("trace_from_output: what is wrong keeps its line", "[trace_json][errors]") {
  const auto fault = [](const std::string& printed) {
    return fault_of([&] { trace_from_output(printed, "its trace"); });
  };
  CHECK(fault("hello\n{\"format\": x}").starts_with("its trace:2:12: not valid JSON"));
  CHECK(fault("hello\n").starts_with("its trace:1:1: not valid JSON"));
  CHECK(fault("") == "its trace:1:1: the file is empty, expected JSON");
  CHECK(
      fault("{\"a\": 1} bye") ==
      "its trace:1:1: is not a trace: found an object whose first key is \"a\", expected an object "
      "with \"format\": \"attn-trace\"");
  CHECK(fault(plain.substr(0, plain.size() - 1)).find("not valid JSON") != std::string::npos);
}

}  // namespace
}  // namespace attn::io::test
