/// The chapter scoring, run as a person runs it.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/support/chapter.hpp"
#include "tests/support/close.hpp"
#include "tests/support/program.hpp"

using namespace attn;
using namespace attn::test;
using nlohmann::json;

namespace {

const std::string chapter = "scoring";
const std::vector<std::string> every_function{"dot",      "scaled_dot", "general",
                                              "additive", "concat",     "cosine",
                                              "gaussian", "perceptron", "location"};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

json tensor_of(const json& trace, const std::string& name) {
  for (const json& step : trace.at("steps")) {
    for (const json& tensor : step.at("tensors")) {
      if (tensor.at("name") == name) return tensor;
    }
  }
  return nullptr;
}

/// Numbers first, first + 1, … of `values`, as many as `count`.
std::vector<double> part(const std::vector<double>& values, std::size_t first, std::size_t count) {
  const auto begin = values.begin() + static_cast<std::ptrdiff_t>(first);
  return {begin, begin + static_cast<std::ptrdiff_t>(count)};
}

std::vector<double> turned(std::vector<double> values) {
  std::reverse(values.begin(), values.end());
  return values;
}

/// The tensors of a function's steps: those whose names begin with its name.
std::vector<std::string> tensors_of_functions(const json& trace) {
  std::vector<std::string> names;
  for (const json& step : trace.at("steps")) {
    for (const json& tensor : step.at("tensors")) {
      const std::string name = tensor.at("name");
      if (contains(name, ".") && name != "scaled_dot.scale") names.push_back(name);
    }
  }
  return names;
}

std::string fault(const std::vector<std::string>& args) {
  const Ran ran = run_attn(args);
  CHECK(ran.status == 2);
  CHECK(ran.out.empty());
  return ran.err;
}

}  // namespace

TEST_CASE("scoring: every tensor is what PyTorch makes of the same config",
          "[scoring][chapter][reference]") {
  for (const Fixture& example : Fixture("scoring")["cases"].items()) {
    CAPTURE(example["name"].text());
    const Folder folder;
    const json trace =
        trace_of({chapter, folder.file("case.yaml", example["config"].text()), "--gradients"});
    const std::vector<std::string> names = tensors_of_functions(trace);
    CHECK(names.size() == example["count"].integer());
    for (const std::string& name : names) {
      CAPTURE(name);
      const Fixture expected = example["expected"][name];
      CHECK(
          close(values_of(trace, name),
                expected.has("data") ? expected["data"].numbers() : std::vector{expected.number()},
                1e-12));
    }
  }
}

TEST_CASE("scoring: the comparison has the weights and the context of each function",
          "[scoring][chapter][reference]") {
  for (const Fixture& example : Fixture("scoring")["cases"].items()) {
    CAPTURE(example["name"].text());
    const Folder folder;
    const json trace = trace_of({chapter, folder.file("case.yaml", example["config"].text())});
    std::vector<std::string> functions;
    for (const Fixture& name : example["functions"].items()) functions.push_back(name.text());
    for (const std::string name : {"weights", "context"}) {
      const json together = tensor_of(trace, name);
      CHECK(together.at("labels").at(1) == json(functions));
      const std::size_t Tq = together.at("shape").at(0);
      const std::size_t width = together.at("shape").at(2);
      const std::vector<double> values = values_of(trace, name);
      for (std::size_t f = 0; f < functions.size(); ++f) {
        CAPTURE(functions[f]);
        const std::vector<double> alone =
            example["expected"][functions[f] + "." + name]["data"].numbers();
        for (std::size_t i = 0; i < Tq; ++i) {
          CHECK(close(part(values, (i * functions.size() + f) * width, width),
                      part(alone, i * width, width), 1e-12));
        }
      }
    }
  }
}

TEST_CASE("scoring: the default tells of all nine functions, then compares them",
          "[scoring][chapter][law]") {
  std::vector<std::string> expected{"inputs", "mask"};
  expected.insert(expected.end(), every_function.begin(), every_function.end());
  expected.insert(expected.end(), {"weights", "reversed"});
  CHECK(ids_of(trace_of({chapter})) == expected);
}

TEST_CASE("scoring: the first query of the default scores as by hand",
          "[scoring][chapter][reference]") {
  const json trace = trace_of({chapter});
  const auto scores = [&](const std::string& function) {
    return part(values_of(trace, function + ".scores"), 0, 3);
  };
  // q = [1, 2]; k = [2, 1], [0, 2], [1, 0]
  CHECK(scores("dot") == std::vector<double>{4, 4, 1});
  CHECK(scores("general") == std::vector<double>{5, 2, 2});  // [2, 1] . k
  CHECK(scores("gaussian") == std::vector<double>{-1, -0.5, -2});
  CHECK(scores("perceptron") == std::vector<double>{7, 6, 2});  // [2, 3] . k
  CHECK(scores("location") == std::vector<double>{2, 1, 3});
  CHECK(close(scores("scaled_dot"), {4 / std::sqrt(2.0), 4 / std::sqrt(2.0), 1 / std::sqrt(2.0)},
              1e-15));
  CHECK(close(scores("cosine"), {1.6, 4 / std::sqrt(5.0), 2 / std::sqrt(5.0)}, 1e-15));
  CHECK(close(scores("additive"), {2 * std::tanh(1.0), -std::tanh(1.0), std::tanh(2.0)}, 1e-15));
  CHECK(scores("concat") == scores("additive"));  // its W_a is [W_a U_a]
}

TEST_CASE("scoring: in reverse order content-based weights turn round, location-based stay",
          "[scoring][chapter][law]") {
  const json trace = trace_of({chapter});
  const std::vector<double> before = values_of(trace, "in_order");
  const std::vector<double> after = values_of(trace, "in_reverse");
  CHECK(tensor_of(trace, "in_reverse").at("labels").at(1) == json({"you", "love", "I"}));
  for (std::size_t f = 0; f < every_function.size(); ++f) {
    CAPTURE(every_function[f]);
    const std::vector<double> row = part(before, 3 * f, 3);
    const bool location = every_function[f] == "location";
    CHECK(close(part(after, 3 * f, 3), location ? row : turned(row), 1e-15));
    CHECK(row != turned(row));
  }
}

TEST_CASE("scoring: where widths differ, the functions that need equal widths say so",
          "[scoring][chapter][law]") {
  const Folder folder;
  const std::string config = folder.file("wide.yaml",
                                         "chapter: scoring\n"
                                         "inputs:\n"
                                         "  queries: [[1, 2, 0]]\n"
                                         "  keys: [[2, 1], [1, 0]]\n"
                                         "  values: [[1], [2]]\n"
                                         "parameters: {location: {W_a: [[1, 0, 1], [0, 1, 1]]}}\n"
                                         "options: {functions: [dot, cosine, location]}\n");
  const Ran ran = run_attn({chapter, config});
  CHECK(ran.status == 0);
  CHECK(contains(ran.out, "Dot product: not for these widths"));
  CHECK(contains(ran.out, "Cosine: not for these widths"));
  CHECK(contains(ran.out, "queries have width 3 and keys have width 2"));
  const json trace = trace_of({chapter, config});
  CHECK(ids_of(trace) == std::vector<std::string>{"inputs", "mask", "dot", "cosine", "location",
                                                  "weights", "reversed"});
  CHECK(tensor_of(trace, "weights").at("labels").at(1) == json({"location"}));
}

TEST_CASE("scoring: with no function for these widths the chapter still explains",
          "[scoring][chapter][law]") {
  const Folder folder;
  const std::string config = folder.file("narrow.yaml",
                                         "chapter: scoring\n"
                                         "inputs:\n"
                                         "  queries: [[1, 2, 0]]\n"
                                         "  keys: [[2, 1], [1, 0]]\n"
                                         "  values: [[1], [2]]\n");
  CHECK(ids_of(trace_of({chapter, config, "--gradients"})) ==
        std::vector<std::string>{"inputs", "mask", "dot", "scaled_dot", "cosine", "gaussian"});
}

TEST_CASE("scoring: masked scores are shown where something is masked", "[scoring][chapter][law]") {
  CHECK(tensor_of(trace_of({chapter}), "dot.masked").is_null());
  const json trace = trace_of({chapter, "--set", "options.valid_lens=[2, 0]"});
  CHECK(tensor_of(trace, "dot.masked").at("values") ==
        json::parse(R"([[4, 4, "-inf"], ["-inf", "-inf", "-inf"]])"));
  for (const std::string& function : every_function) {
    CAPTURE(function);
    const std::vector<double> weights = values_of(trace, function + ".weights");
    CHECK(part(weights, 2, 4) == std::vector<double>{0, 0, 0, 0});
    CHECK(part(values_of(trace, function + ".context"), 2, 2) == std::vector<double>{0, 0});
  }
}

TEST_CASE("scoring: a function without its parameters is left out, or missed if it is named",
          "[scoring][chapter][errors]") {
  const Folder folder;
  const std::string start =
      "chapter: scoring\n"
      "inputs: {queries: [[1, 2]], keys: [[2, 1], [1, 0]], values: [[1], [2]]}\n";
  CHECK(ids_of(trace_of({chapter, folder.file("few.yaml", start)})) ==
        std::vector<std::string>{"inputs", "mask", "dot", "scaled_dot", "cosine", "gaussian",
                                 "weights", "reversed"});
  const std::string named =
      folder.file("named.yaml", start + "options: {functions: [dot, additive, location]}\n");
  CHECK(fault({chapter, named}) ==
        named +
            ":3:22: options.functions: the functions to show need parameters that are not given: "
            "parameters.additive.W_a, parameters.additive.U_a, parameters.additive.v_a, "
            "parameters.location.W_a\n");
  const std::string begun =
      folder.file("begun.yaml", start + "parameters: {concat: {v_a: [1, 1]}}\n");
  CHECK(contains(fault({chapter, begun}), "not given: parameters.concat.W_a\n"));
}

TEST_CASE("scoring: faults of a config are named", "[scoring][chapter][errors]") {
  const auto with = [](const std::string& assignment) {
    return fault({chapter, "--set", assignment});
  };
  CHECK(contains(with("parameters.concat.W_a=[[1, 0, 1], [0, 1, 1]]"),
                 "parameters.concat.W_a has 3 columns (axis dq+dk), expected 4: dq = 2 "));
  CHECK(contains(with("parameters.general.W_a=[[1, 0]]"), "parameters.general.W_a"));
  CHECK(contains(with("parameters.additive.v_a=[1, 1, 1]"), "parameters.additive.v_a"));
  CHECK(contains(with("parameters.location.W_a=[[1, 0]]"), "parameters.location.W_a"));
  CHECK(contains(with("options.functions=[dott]"), "did you mean dot?"));
  CHECK(contains(with("options.functions=[dot, dot]"), "dot is named twice"));
  CHECK(contains(with("parameters.cosine.beta=.nan"), "parameters.cosine.beta"));
  CHECK(contains(with("inputs.values=[[1], [2]]"), "inputs.values"));
  CHECK(contains(with("options.valid_lens=4"), "options.valid_lens"));
}

TEST_CASE("scoring: a config that would exhaust memory is refused", "[scoring][chapter][errors]") {
  const Folder folder;
  const auto config = [&](const std::string& functions) {
    return folder.file("large.yaml",
                       "chapter: scoring\n"
                       "inputs:\n"
                       "  queries: {random: normal, seed: 1, shape: [2000, 4]}\n"
                       "  keys: {random: normal, seed: 2, shape: [3000, 4]}\n"
                       "  values: {random: normal, seed: 3, shape: [3000, 1]}\n"
                       "parameters:\n"
                       "  concat: {W_a: {fill: 1, shape: [2, 8]}, v_a: {fill: 1}}\n"
                       "options: {functions: [" +
                           functions + "]}\n");
  };
  CHECK(contains(fault({chapter, config("concat")}),
                 "2000 queries, 3000 keys and these functions a tensor would have 2000 x 3000 x 8 "
                 "entries, more than the limit of 16777216"));
  CHECK(contains(fault({chapter, config("dot, cosine, gaussian")}), "2000 x 3000 x 3"));
}

TEST_CASE("scoring: the text shows every function, its formula and the shaded weights",
          "[scoring][chapter][text]") {
  const Ran ran = run_attn({chapter});
  CHECK(ran.status == 0);
  CHECK(ran.err.empty());
  for (const std::string piece :
       {"Scoring functions", "arXiv:1508.04025v5", "s_ij = v_a^T tanh(W_a q_i + U_a k_j)",
        "s_ij = q_i^T W_a k_j", "concat.concatenated", "cosine.key_norms", "love", "0.4879 ▒▒"}) {
    CAPTURE(piece);
    CHECK(contains(ran.out, piece));
  }
}
