/// The chapter global-local, run as a person runs it.
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "tests/support/chapter.hpp"
#include "tests/support/close.hpp"
#include "tests/support/program.hpp"

using namespace attn;
using namespace attn::test;
using nlohmann::json;

namespace {

const std::string chapter = "global-local";

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// What goes on inside a cell on the way back, which the tests of the cells hold against PyTorch.
bool inside_a_cell(const std::string& step, const std::string& tensor) {
  return contains(tensor, ".cell.") || step == "encoder.backward";
}

std::string fault(const std::vector<std::string>& args) {
  const Ran ran = run_attn(args);
  CHECK(ran.status == 2);
  CHECK(ran.out.empty());
  return ran.err;
}

std::string fault_with(const std::string& assignment) {
  return fault({chapter, "--set", assignment});
}

std::vector<double> row_of(const json& trace, const std::string& tensor, std::size_t row,
                           std::size_t width) {
  const std::vector<double> values = values_of(trace, tensor);
  const auto first = values.begin() + static_cast<std::ptrdiff_t>(row * width);
  return {first, first + static_cast<std::ptrdiff_t>(width)};
}

}  // namespace

TEST_CASE("global-local: every tensor is what PyTorch makes of the same config",
          "[global-local][chapter][reference]") {
  for (const Fixture& example : Fixture("global_local")["cases"].items()) {
    CAPTURE(example["name"].text());
    const Folder folder;
    const json trace =
        trace_of({chapter, folder.file("case.yaml", example["config"].text()), "--gradients"});
    const Fixture expected = example["expected"];
    std::size_t compared = 0;
    for (const json& step : trace.at("steps")) {
      for (const json& tensor : step.at("tensors")) {
        const std::string name = tensor.at("name");
        CAPTURE(name);
        if (step.at("id") == "parameters" || inside_a_cell(step.at("id"), name)) continue;
        REQUIRE(expected.has(name));
        ++compared;
        const Fixture value = expected[name];
        CHECK(close(values_of(trace, name),
                    value.has("data") ? value["data"].numbers() : std::vector{value.number()},
                    1e-12));
        if (value.has("data")) CHECK(tensor.at("shape") == json(value["shape"].integers()));
      }
    }
    CHECK(compared > 60);
  }
}

TEST_CASE("global-local: the default says the right sentence, with every score and every reach",
          "[global-local][chapter][reference]") {
  for (const std::string score : {"dot", "general", "concat", "location"}) {
    CAPTURE(score);
    const Ran ran = run_attn({chapter, "--set", "options.score=" + score});
    CHECK(contains(ran.out, "became \"我 是 学生\". Then came </s>."));
  }
  for (const std::string attention : {"local-m", "local-p"}) {
    CAPTURE(attention);
    const Ran ran = run_attn({chapter, "--set", "options.attention=" + attention});
    CHECK(contains(ran.out, "became \"我 是 学生\". Then came </s>."));
  }
  const Ran ran = run_attn({chapter, "--set", "tokens.source=[you, are, a, teacher]"});
  CHECK(contains(ran.out, "became \"你 是 老师\". Then came </s>."));
}

TEST_CASE("global-local: the walk goes from the words to the alignment",
          "[global-local][chapter][law]") {
  CHECK(ids_of(trace_of({chapter})) ==
        std::vector<std::string>{"parameters", "words", "encoder", "orders", "h_0", "t1.state",
                                 "t1.scores", "t1.weights", "t1.context", "t1.attentional",
                                 "t1.output", "t2", "t3", "t4", "compare_scores", "local_m",
                                 "local_p", "compare_reaches", "alignment"});
  const json local = trace_of({chapter, "--set", "options.attention=local-p"});
  CHECK(ids_of(local).at(7) == "t1.position");
}

TEST_CASE("global-local: both orders are drawn", "[global-local][chapter][text]") {
  const Ran ran = run_attn({chapter, "--steps", "orders"});
  CHECK(contains(ran.out, "y_{t-1}  ──┴────────────────────────> s_t ───> y_t"));
  CHECK(contains(ran.out, "h~_{t-1} ──┘         └──────────────> h~_t ──> y_t"));
  const Ran without =
      run_attn({chapter, "--steps", "orders", "--set", "options.input_feeding=false"});
  CHECK(contains(without.out, "y_{t-1}  ──┘         └──────────────> h~_t ──> y_t"));
  CHECK_FALSE(contains(without.out, "h~_{t-1}"));
}

TEST_CASE("global-local: the Gaussian takes weight away, and renormalising gives it back",
          "[global-local][chapter][law]") {
  const auto sum_of = [](const json& trace, std::size_t t) {
    double sum = 0.0;
    for (const double weight : row_of(trace, "alignment", t, 4)) sum += weight;
    return sum;
  };
  const json plain = trace_of({chapter, "--set", "options.attention=local-p"});
  const json whole = trace_of(
      {chapter, "--set", "options.attention=local-p", "--set", "options.renormalise=true"});
  for (std::size_t t = 0; t < 3; ++t) {
    CHECK(sum_of(plain, t) < 0.999);
    CHECK(close(sum_of(whole, t), 1.0, 1e-15));
  }
}

TEST_CASE("global-local: a window wider than the sentence hides nothing, and the walk says so",
          "[global-local][chapter][law]") {
  const std::vector<std::string> args{chapter, "--set", "options.attention=local-m", "--set",
                                      "options.D=1000"};
  CHECK(values_of(trace_of(args), "alignment") == values_of(trace_of({chapter}), "alignment"));
  CHECK(contains(trace_of(args).dump(), "with p_t from 0 to 3 it hides none."));
}

TEST_CASE("global-local: a local-m window beyond the sentence is empty, or held at its end",
          "[global-local][chapter][law]") {
  std::vector<std::string> args{chapter,
                                "--set",
                                "options.attention=local-m",
                                "--set",
                                "tokens.source=[I]",
                                "--set",
                                "tokens.target=[我, 是, 学生]",
                                "--set",
                                "options.decoding=teacher_forcing"};
  CHECK(values_of(trace_of(args), "alignment") == std::vector<double>{1, 1, 0, 0});
  CHECK(values_of(trace_of(args), "t3.context") == std::vector<double>{0, 0});
  args.insert(args.end(), {"--set", "options.past_end=last"});
  CHECK(values_of(trace_of(args), "alignment") == std::vector<double>{1, 1, 1, 1});
}

TEST_CASE("global-local: scores that do not fit are left out of the comparison with a word",
          "[global-local][chapter][law]") {
  const json trace = trace_of({chapter, "--set", "tokens.source=[I, am, student]"});
  for (const json& step : trace.at("steps")) {
    if (step.at("id") != "compare_scores") continue;
    CHECK(step.at("tensors").at(0).at("labels").at(0) == json({"dot", "general", "concat"}));
    CHECK(contains(step.at("prose"), "W_a with 4 rows fits sentences of 4 words only"));
  }
}

TEST_CASE("global-local: faults of a config are named", "[global-local][chapter][errors]") {
  CHECK(contains(fault_with("options.limit=0"), "options.limit"));
  CHECK(contains(fault_with("tokens.source=[]"), "tokens.source: found an empty list"));
  CHECK(contains(fault_with("tokens.source=[I, amm, a, student]"),
                 "\"amm\" is not in tokens.source_vocabulary; did you mean \"am\"?"));
  CHECK(
      contains(fault_with("tokens.stop=</end>"), "\"</end>\" is not in tokens.target_vocabulary"));
  CHECK(contains(fault_with("options.D=-1"), "options.D"));
  CHECK(contains(refused_with("global-local", {"options.attention=local-p", "options.D=0"}),
                 "options.D: found 0, and so the Gaussian of local-p would have sigma = D/2 = 0"));
  CHECK(contains(fault_with("options.attention=local"), "options.attention"));
  CHECK(contains(fault_with("parameters.attentional.W_c=[[1, 2, 3]]"),
                 "parameters.attentional.W_c has 3 columns (axis dh+ds), expected 4"));
  CHECK(contains(fault_with("parameters.local.v_p=[1, 2, 3]"), "parameters.local.v_p"));
  CHECK(contains(fault_with("parameters.general.W_a=[[1e308, 1e308], [1e308, 1e308]]"),
                 "too large for double precision"));
}

TEST_CASE("global-local: a location score for sentences of another length is refused",
          "[global-local][chapter][errors]") {
  const std::string error = fault(
      {chapter, "--set", "options.score=location", "--set", "tokens.source=[I, am, student]"});
  CHECK(contains(error,
                 "parameters.location.W_a: the score location has a row for each position, "
                 "so its W_a with 4 rows fits sentences of 4 words only; tokens.source has "
                 "3"));
}

TEST_CASE("global-local: widths that disagree between encoder and decoder are both named",
          "[global-local][chapter][errors]") {
  const Folder folder;
  const auto config = [&](const std::string& rest) {
    return folder.file(
        "widths.yaml",
        "chapter: global-local\n"
        "tokens: {source: [a], source_vocabulary: [a], target_vocabulary: [<s>, </s>]}\n"
        "parameters:\n"
        "  encoder: {E: [[1]], W: [[1], [2]], U: [[1, 0], [0, 1]]}\n"
        "  decoder:\n"
        "    E: [[1], [2]]\n"
        "    W: [[1], [2], [3]]\n"
        "    U: [[1, 0, 0], [0, 1, 0], [0, 0, 1]]\n"
        "  attentional: {W_c: [[1, 1, 1, 1, 1]]}\n"
        "  output: {W_o: [[1], [2]]}\n" +
            rest);
  };
  const std::string general = "  general: {W_a: [[1, 0], [0, 1], [1, 1]]}\n";
  const std::string bridge = "  bridge: {W_s: [[1, 0], [0, 1], [1, 1]]}\n";
  CHECK(fault({chapter, config(general)}) ==
        folder.path().string() +
            "/widths.yaml:8:8: parameters.decoder.U: without parameters.bridge.W_s the decoder "
            "starts in the encoder's last state, but its states have width 3 "
            "(parameters.decoder.U), and the encoder's 2 (parameters.encoder.U)\n");
  CHECK(run_attn({chapter, config(general + bridge)}).status == 0);
  CHECK(contains(fault({chapter, config(bridge + "options: {score: dot}\n")}),
                 "widths.yaml:8:8: parameters.decoder.U: the score dot multiplies decoder states "
                 "and source states entry by entry, but the decoder's have width 3 "
                 "(parameters.decoder.U) and the encoder's 2 (parameters.encoder.U)"));
  CHECK(contains(fault({chapter, config(bridge + "options: {score: concat}\n")}),
                 "options.score: the score concat needs parameters.concat.W_a"));
  CHECK(contains(fault({chapter, config(general + bridge + "options: {attention: local-p}\n")}),
                 "options.attention: local-p needs parameters.local.W_p"));
  CHECK(contains(fault({chapter, config(general + bridge + "options: {input_feeding: true}\n")}),
                 "options.input_feeding: input feeding needs the matrix that h~ meets"));
  CHECK(contains(
      fault({chapter, config(general + bridge + "options: {decoding: teacher_forcing}\n")}),
      "teacher_forcing needs the words to force"));
}

TEST_CASE("global-local: a config that would exhaust memory is refused",
          "[global-local][chapter][errors]") {
  std::string words = "[I";
  for (std::size_t i = 1; i < 5000; ++i) words += ", I";
  const std::string error =
      fault({chapter, "--set", "tokens.source=" + words + "]", "--set", "options.limit=1000"});
  CHECK(contains(error, "more than the limit of 16777216"));
}
