/// The chapter soft-hard, run as a person runs it.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/support/close.hpp"
#include "tests/support/program.hpp"

using namespace attn;
using namespace attn::test;
using nlohmann::json;

namespace {

const std::string chapter = "soft-hard";

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string fault(const std::vector<std::string>& args) {
  const Ran ran = run_attn(args);
  CHECK(ran.status == 2);
  CHECK(ran.out.empty());
  return ran.err;
}

std::string fault_of(const std::string& setting) { return fault({chapter, "--set", setting}); }

json step_of(const json& trace, const std::string& id) {
  for (const json& step : trace.at("steps")) {
    if (step.at("id") == id) return step;
  }
  return nullptr;
}

/// How many were computed: all but the parameters, which the config gave.
std::size_t tensors_in(const json& trace) {
  std::size_t count = 0;
  for (const json& step : trace.at("steps")) {
    if (step.at("id") != "parameters") count += step.at("tensors").size();
  }
  return count;
}

}  // namespace

TEST_CASE("soft-hard: every tensor is what PyTorch makes of the same config",
          "[soft_hard][chapter][reference]") {
  for (const Fixture& example : Fixture("soft_hard")["cases"].items()) {
    CAPTURE(example["name"].text());
    const Folder folder;
    const json trace =
        trace_of({chapter, folder.file("case.yaml", example["config"].text()), "--gradients"});
    CHECK(tensors_in(trace) == example["count"].integer());
    for (const std::string& name : example["expected"].keys()) {
      CAPTURE(name);
      const Fixture expected = example["expected"][name];
      CHECK(
          close(values_of(trace, name),
                expected.has("data") ? expected["data"].numbers() : std::vector{expected.number()},
                1e-11));
    }
  }
}

TEST_CASE("soft-hard: the default says what is in the image, however it looks",
          "[soft_hard][chapter]") {
  for (const std::string look : {"soft", "argmax"}) {
    CAPTURE(look);
    const json trace = trace_of({chapter, "--set", "options.attention=" + look});
    CHECK(contains(step_of(trace, "caption").at("prose"), "\"bird over water\""));
  }
}

TEST_CASE("soft-hard: a draw that looks at the bird again says it again", "[soft_hard][chapter]") {
  const json trace = trace_of({chapter});
  CHECK(step_of(trace, "seen").at("drawing") ==
        json({"soft:   bird over water </s>", "argmax: bird over water </s>",
              "sample: bird over bird over water </s>"}));
}

TEST_CASE("soft-hard: the weights of the 3 x 3 grid are shown as a grid", "[soft_hard][chapter]") {
  const json trace = trace_of({chapter});
  const json weights = step_of(trace, "t1.weights").at("tensors").at(0);
  CHECK(weights.at("axes") == json({"rows", "columns"}));
  CHECK(weights.at("shape") == json({3, 3}));
  const std::vector<double> values = values_of(trace, "t1.weights");
  for (const double value : values) CHECK(value <= values[4]);  // the bird
  const Ran text = run_attn({chapter, "--steps", "t1.weights"});
  CHECK(contains(text.out, "0.6345 ▓▓"));
}

TEST_CASE("soft-hard: the same seed draws the same locations, another seed others",
          "[soft_hard][chapter]") {
  const auto choices = [](const std::string& seed) {
    return values_of(trace_of({chapter, "--set", "options.seed=" + seed}), "hard_sample.choice");
  };
  CHECK(choices("1") == choices("1"));
  CHECK(choices("1") != choices("2"));
}

TEST_CASE("soft-hard: without a seed nothing is drawn", "[soft_hard][chapter]") {
  const Folder folder;
  std::string config = read_file(std::string(ATTN_SOURCE_DIR) + "/configs/soft-hard.yaml");
  const std::string line = "  seed: 12                          # for the locations";
  REQUIRE(contains(config, line));
  config.replace(config.find(line), 10, "          ");
  const std::string path = folder.file("config.yaml", config);
  CHECK(step_of(trace_of({chapter, path}), "sample").is_null());
  CHECK(contains(fault({chapter, path, "--set", "options.attention=sample"}),
                 "options.attention: sample draws locations: give options.seed"));
}

TEST_CASE("soft-hard: estimates are within their standard errors of the exact gradient",
          "[soft_hard][chapter]") {
  const json trace = trace_of({chapter, "--set", "study.samples=20000"});
  const std::vector<double> exact = values_of(trace, "study.d_scores");
  const std::vector<double> table = values_of(trace, "study.samples");
  for (std::size_t i = 0; i < exact.size(); ++i) {
    CHECK(std::abs(table[7 * i] - exact[i]) < 1e-14);
    for (const std::size_t mean : {1U, 3U, 5U}) {
      CHECK(std::abs(table[7 * i + mean] - exact[i]) < 4.0 * table[7 * i + mean + 1]);
    }
  }
  CHECK(close(values_of(trace, "study.mean"), exact, 1e-14));
}

TEST_CASE("soft-hard: with a hard look the words give the scores no gradient",
          "[soft_hard][chapter]") {
  for (const std::string look : {"argmax", "sample"}) {
    const json trace = trace_of({chapter, "--gradients", "--set", "options.attention=" + look,
                                 "--set", "options.lambda=0"});
    for (const double d : values_of(trace, "d_scores")) CHECK(d == 0.0);
    for (const double d : values_of(trace, "d_v_a")) CHECK(d == 0.0);
  }
}

TEST_CASE("soft-hard: a limit ends a caption that does not stop", "[soft_hard][chapter]") {
  const json trace = trace_of({chapter, "--set", "options.limit=2"});
  CHECK(contains(step_of(trace, "caption").at("prose"), "\"bird over\". The word </s> never came"));
}

TEST_CASE("soft-hard: what does not fit is named with its place", "[soft_hard][chapter][errors]") {
  CHECK(contains(fault_of("inputs.features=[]"),
                 "--set inputs.features:1:1: inputs.features: "
                 "found an empty list"));
  CHECK(contains(fault_of("inputs.features=[[], []]"), "inputs.features"));
  CHECK(contains(fault_of("inputs.features=[[[1, 2]]]"),
                 "inputs.features have width 2 (axis dv), but parameters.start.W_h"));
  CHECK(contains(fault_of("tokens.target=[bird, watr]"),
                 "--set tokens.target:1:8: tokens.target: \"watr\" is not in "
                 "tokens.target_vocabulary; did you mean \"water\"?"));
  CHECK(contains(fault_of("tokens.start=go"),
                 "tokens.start: \"go\" is not in tokens.target_vocabulary"));
  CHECK(contains(fault_of("tokens.target_vocabulary=[<s>, bird, over, water, end]"),
                 "tokens.stop: \"</s>\" is not in tokens.target_vocabulary"));
  CHECK(contains(fault_of("parameters.lstm.W_i=[[1, 2], [3, 4]]"),
                 "parameters.lstm.W_i has 2 columns (axis dy+dv), expected 5: dy = 2"));
  CHECK(contains(fault_of("parameters.output.L_o=[[1, 2]]"), "parameters.E"));
  CHECK(contains(fault_of("options.limit=0"),
                 "options.limit: found 0, expected a whole number from 1 to 1000"));
  CHECK(contains(fault_of("study.samples=0"),
                 "study.samples: found 0, expected a whole number from 2 to 200000"));
  CHECK(contains(fault_of("options.lambda=-1"), "options.lambda: found -1"));
  CHECK(contains(fault_of("study.word=5"),
                 "study.word: found 5, but the caption has 4 words, with stop"));
  CHECK(contains(fault_of("study.words=5"),
                 "study.words: found 5, but the caption has 4 words, with stop"));
}

TEST_CASE("soft-hard: what only the chapter sees to be wrong", "[soft_hard][chapter][errors]") {
  const Folder folder;
  std::string config = read_file(std::string(ATTN_SOURCE_DIR) + "/configs/soft-hard.yaml");
  const auto without = [&](const std::string& line) {
    std::string less = config;
    REQUIRE(contains(less, line));
    less.erase(less.find(line), line.size());
    return folder.file("config.yaml", less);
  };
  CHECK(contains(fault({chapter, without("  target: [bird, over, water]"), "--set",
                        "options.decoding=teacher_forcing"}),
                 "options.decoding: teacher_forcing needs the words to force: give tokens.target"));
  CHECK(contains(fault({chapter, without("  gate: {w_beta: [0, -5], b_beta: -2}\n"), "--set",
                        "options.gate=true"}),
                 "options.gate: the gate needs parameters.gate.w_beta, which is not given"));
}

TEST_CASE("soft-hard: numbers that overflow are not taken for steps that are not written",
          "[soft_hard][chapter][errors]") {
  const std::string says = "the numbers in the config are too large for double precision";
  CHECK(contains(fault_of("inputs.features={fill: 1.0e308, shape: [3, 3, 3]}"), says));
  CHECK(contains(fault_of("parameters.attention.v_a=[1.0e308, 1.0e308]"), says));
  CHECK(contains(fault_of("parameters.output.L_o=[[1.0e308, 0], [0, 0], [0, 0], [0, 0], [1, 1]]"),
                 says));
}

TEST_CASE("soft-hard: contexts whose squares overflow are no fault where nothing squares them",
          "[soft_hard][chapter][law]") {
  const Folder folder;
  std::string config = read_file(std::string(ATTN_SOURCE_DIR) + "/configs/soft-hard.yaml");
  config.erase(config.find("study:"));
  const Ran ran = run_attn({chapter, folder.file("config.yaml", config), "--set",
                            "inputs.features={fill: 1.0e+200, shape: [3, 3, 3]}", "--gradients",
                            "--format", "json"});
  CAPTURE(ran.err);
  CHECK(ran.status == 0);
  // all locations are alike, so that every context is any of them
  const json trace = json::parse(ran.out);
  CHECK(close(values_of(trace, "t1.context"), std::vector<double>(3, 1e200), 1e-14));
}

TEST_CASE("soft-hard: losses whose squares a double holds are studied, larger ones are refused",
          "[soft_hard][chapter][law]") {
  const auto with = [](const std::string& unit) {
    return run_attn(
        {chapter, "--set",
         "inputs.features={random: normal, seed: 1, std: " + unit + ", shape: [3, 3, 3]}",
         "--format", "json"});
  };
  const Ran held = with("4.0e+152");
  CAPTURE(held.err);
  CHECK(held.status == 0);
  const std::vector<double> losses = values_of(json::parse(held.out), "study.losses");
  CHECK(*std::max_element(losses.begin(), losses.end()) > 1e150);
  CHECK(with("1.0e+156").status == 2);
}

TEST_CASE("soft-hard: sizes that would take too long are refused at once",
          "[soft_hard][chapter][errors]") {
  const auto huge = [](const std::string& more) {
    std::vector<std::string> args{chapter, "--set",
                                  "inputs.features={fill: 1, shape: [1000, 1000, 3]}"};
    if (!more.empty()) args.insert(args.end(), {"--set", more});
    return fault(args);
  };
  CHECK(contains(huge("options.limit=1000"), "would need too much memory"));
  CHECK(contains(huge("options.limit=1"), "study.samples: the study tries every location"));
  CHECK(contains(fault({chapter, "--set", "inputs.features={fill: 1, shape: [10, 10, 3]}", "--set",
                        "study.words=3", "--set", "options.limit=3"}),
                 "3 words have 100^3 sequences of locations, which would take too long"));
  CHECK(contains(fault({chapter, "--set", "inputs.features={fill: 1, shape: [30, 30, 3]}", "--set",
                        "study.samples=200000"}),
                 "study.samples: found 200000, expected at most"));
}
