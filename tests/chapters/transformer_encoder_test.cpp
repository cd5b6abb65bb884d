/// The chapter transformer-encoder, run as a person runs it.
#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>

#include <nlohmann/json.hpp>

#include "tests/support/chapter.hpp"
#include "tests/support/close.hpp"
#include "tests/support/program.hpp"

using namespace attn;
using namespace attn::test;
using nlohmann::json;

namespace {

const std::string chapter = "transformer-encoder";

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// What the program says of a run with these overrides, which it must refuse.
std::string error(const std::vector<std::string>& assignments) {
  return refused_with(chapter, assignments);
}

json with(const std::string& assignment) { return trace_of({chapter, "--set", assignment}); }

}  // namespace

TEST_CASE("transformer-encoder: every tensor is what PyTorch makes of the same config",
          "[transformer-encoder][chapter][reference]") {
  check_whole_runs(chapter, "transformer_encoder", [](const json& trace, const Fixture& expected) {
    check_all_expected(trace, expected, [](const std::string& name) {
      return name == "mask" || name.ends_with(".moments") || name.starts_with("parameters.");
    });
  });
}

TEST_CASE("transformer-encoder: the default goes from the words to the norms, and compares orders",
          "[transformer-encoder][chapter][law]") {
  const json trace = trace_of({chapter});
  std::vector<std::string> ids;
  for (const json& step : trace.at("steps")) ids.push_back(step.at("id"));
  CHECK(ids == std::vector<std::string>{"parameters", "words", "positions", "layer1.attention",
                                        "layer1.add_1", "layer1.norm_1", "layer1.feed_forward",
                                        "layer1.add_2", "layer1.norm_2", "layer2", "norms",
                                        "orders", "orders.gradients"});
  const std::vector<double> variance = values_of(trace, "stream_variance");
  CHECK(variance.size() == 14);
  CHECK(variance[0] == variance[1]);
  CHECK(close(variance[12], 1.0, 1e-4));
  CHECK(variance[13] > 3.0);
}

TEST_CASE("transformer-encoder: mean and variance stand beside each other, before and after",
          "[transformer-encoder][chapter][law]") {
  const json trace = trace_of({chapter});
  const std::vector<double> moments = values_of(trace, "layer1.norm_1.moments");
  const std::vector<double> mean = values_of(trace, "layer1.norm_1.mean");
  const std::vector<double> variance = values_of(trace, "layer1.norm_1.variance");
  for (std::size_t t = 0; t < 3; ++t) {
    CHECK(moments[4 * t] == mean[t]);
    CHECK(moments[4 * t + 1] == variance[t]);
    CHECK(std::abs(moments[4 * t + 2]) < 1e-15);
    CHECK(close(moments[4 * t + 3], 1.0, 1e-4));
  }
}

TEST_CASE("transformer-encoder: pre-norm norms what goes in, post-norm what comes out",
          "[transformer-encoder][chapter][law]") {
  const json post = trace_of({chapter});
  const json pre = with("options.norm=pre");
  std::vector<std::string> ids;
  for (const json& step : pre.at("steps")) ids.push_back(step.at("id"));
  CHECK(ids[3] == "layer1.norm_1");
  CHECK(ids[4] == "layer1.attention");
  CHECK(values_of(pre, "layer1.norm_1.mean") != values_of(post, "layer1.norm_1.mean"));
  CHECK(values_of(pre, "x") == values_of(post, "x"));
  // Both orders are in either run.
  CHECK(values_of(pre, "stream_variance") == values_of(post, "stream_variance"));
  CHECK(values_of(pre, "weight_gradient") == values_of(post, "weight_gradient"));
}

TEST_CASE("transformer-encoder: the same words without positions give the same rows",
          "[transformer-encoder][chapter][law]") {
  const auto rows = [](const std::string& positions) {
    return values_of(trace_of({chapter, "--set", "tokens.words=[you, I, you]", "--set",
                               "options.positions=" + positions}),
                     "layer2.norm_2.y");
  };
  const std::vector<double> without = rows("none");
  const std::vector<double> with_them = rows("sinusoidal");
  for (std::size_t d = 0; d < 4; ++d) {
    CHECK(close(without[d], without[8 + d], 1e-13));
    CHECK(!close(with_them[d], with_them[8 + d], 1e-3));
  }
}

TEST_CASE("transformer-encoder: the text folds what repeats, and --steps shows it",
          "[transformer-encoder][chapter][text]") {
  const Ran ran = run_attn({chapter});
  CHECK(ran.status == 0);
  CHECK(ran.err.empty());
  for (const std::string part :
       {"The Transformer's encoder", "arXiv:1706.03762v7", "love", "variance before",
        "not shown: attention.k,", "post: LayerNorm(x + Sublayer(x))"}) {
    CAPTURE(part);
    CHECK(contains(ran.out, part));
  }
  CHECK(!contains(ran.out, "layer2.attention.scores ("));
  CHECK(contains(run_attn({chapter, "--steps", "layer2"}).out, "layer2.attention.scores ("));
  CHECK(std::count(ran.out.begin(), ran.out.end(), '\n') < 310);
}

TEST_CASE("transformer-encoder: a model of width 512 is shown by shapes, norms and corners",
          "[transformer-encoder][chapter][text]") {
  const Folder folder;
  const std::string config = folder.file("wide.yaml", R"(chapter: transformer-encoder
inputs:
  X: {random: normal, seed: 1, shape: [4, 512]}
parameters:
  W_q: {random: xavier_uniform, seed: 2, shape: [1, 512, 512]}
  W_k: {random: xavier_uniform, seed: 3}
  W_v: {random: xavier_uniform, seed: 4}
  W_o: {random: xavier_uniform, seed: 5}
  W_1: {random: xavier_uniform, seed: 6, shape: [1, 512, 64]}
  W_2: {random: xavier_uniform, seed: 7}
options: {heads: 8}
)");
  const Ran ran = run_attn({chapter, config});
  CHECK(ran.status == 0);
  CHECK(contains(ran.out, "layer1.norm_1.y (T=4, dm=512)"));
  CHECK(contains(ran.out, "2048 numbers"));
  CHECK(std::count(ran.out.begin(), ran.out.end(), '\n') < 320);
}

TEST_CASE("transformer-encoder: a study of too many draws is refused, with how many it may have",
          "[transformer-encoder][chapter][errors]") {
  const std::string said = error({"study.layers=256", "study.samples=10000",
                                  "parameters.W_1={fill: 0.1, shape: [2, 4, 4096]}",
                                  "parameters.W_2={fill: 0.1, shape: [2, 4096, 4]}"});
  // 6 passes of 3 words through w + 2 3 4 multiplications, and 40 w, with w = 4 4 4 + 2 4 4096
  CHECK(contains(said,
                 "study.samples: 10000 draws of 256 layers of this size would take too long; "
                 "expected at most 205 draws, or fewer layers"));
}

TEST_CASE("transformer-encoder: what is said of the gradients follows from them",
          "[transformer-encoder][chapter][law]") {
  for (const std::string layers : {"1", "2", "7"}) {
    for (const std::string epsilon : {"1e-5", "1"}) {
      CAPTURE(layers, epsilon);
      const std::vector<std::string> args{chapter, "--set", "study.layers=" + layers, "--set",
                                          "options.epsilon=" + epsilon};
      const json trace = trace_of(args);
      const std::vector<double> each = values_of(trace, "weight_gradient");
      const std::vector<double> last = values_of(trace, "last_layer_gradient");
      const std::size_t n = each.size(), m = last.size();
      const auto shown = [](double value) { return fmt::format("{:.3g}", value); };
      std::string prose;
      for (const json& step : trace.at("steps")) {
        if (step.at("id") == "orders.gradients") prose = step.at("prose");
      }
      CHECK(contains(prose, "it is " + shown(each[n - 2]) + " with post-norm and " +
                                shown(each[n - 1]) + " with pre-norm, a factor of " +
                                shown(each[n - 2] / each[n - 1])));
      CHECK(contains(prose, "to the last it changes") == (layers != "1"));
      if (layers == "1") continue;
      CHECK(contains(prose, "changes by a factor of " + shown(each[n - 2] / each[0]) +
                                " with post-norm and of " + shown(each[n - 1] / each[1])));
      CHECK(contains(prose, "changes by a factor of " + shown(last[m - 2] / last[0]) +
                                " with post-norm and of " + shown(last[m - 1] / last[1])));
    }
  }
}

TEST_CASE("transformer-encoder: heads that cannot share the width are refused",
          "[transformer-encoder][chapter][errors]") {
  const std::string said = error({"options.heads=3"});
  CHECK(contains(said,
                 "--set options.heads:1:1: options.heads: 3 heads cannot share a width of dm "
                 "= 4; expected one of 1, 2, 4"));
}

TEST_CASE("transformer-encoder: positions that do not fit are refused",
          "[transformer-encoder][chapter][errors]") {
  CHECK(contains(error({"options.positions=learned"}),
                 "options.positions: is learned, and there is no parameters.P"));
  CHECK(contains(error({"options.positions=learned", "parameters.P=[[1, 2, 3, 4]]"}),
                 "tokens.words: there are 3 positions, and parameters.P has rows for 1"));
  CHECK(contains(error({"parameters.P=[[1, 2, 3, 4]]"}),
                 "parameters.P: is given, but options.positions is sinusoidal"));
  const Folder folder;
  const std::string config = folder.file("odd.yaml", R"(chapter: transformer-encoder
inputs: {X: [[1, 2, 3]]}
parameters:
  W_q: {fill: 1, shape: [1, 3, 3]}
  W_k: {fill: 1}
  W_v: {fill: 1}
  W_o: {fill: 1}
  W_1: {fill: 1, shape: [1, 3, 2]}
  W_2: {fill: 1}
options:
  positions: sinusoidal
)");
  const Ran ran = run_attn({chapter, config});
  CHECK(ran.status == 2);
  CHECK(contains(ran.err, "odd.yaml:11:14: options.positions: sinusoids come in pairs"));
  CHECK(contains(ran.err, "dm = 3 is odd"));
}

TEST_CASE("transformer-encoder: words and vectors, and a vocabulary that disagrees with E",
          "[transformer-encoder][chapter][errors]") {
  CHECK(contains(error({"tokens.words=[I, lvoe]", "inputs.d_output={fill: 1}"}),
                 "\"lvoe\" is not in tokens.vocabulary; did you mean \"love\"?"));
  const std::string sizes = error({"tokens.vocabulary=[I, love, you]"});
  CHECK(contains(sizes, "tokens.vocabulary: found 3 texts, expected 4"));
  CHECK(contains(sizes, "parameters.E"));
  CHECK(contains(error({"inputs.X=[[1, 2, 3, 4], [1, 2, 3, 4], [1, 2, 3, 4]]"}),
                 "parameters.E: is given, and so is inputs.X"));
  const Folder folder;
  const std::string config = folder.file("nothing.yaml", R"(chapter: transformer-encoder
parameters:
  W_q: {fill: 1, shape: [1, 4, 4]}
  W_k: {fill: 1}
  W_v: {fill: 1}
  W_o: {fill: 1}
  W_1: {fill: 1, shape: [1, 4, 2]}
  W_2: {fill: 1}
)");
  const Ran ran = run_attn({chapter, config});
  CHECK(ran.status == 2);
  CHECK(contains(ran.err, "nothing.yaml:1:1: tokens.words: is missing; expected tokens.words"));
}

TEST_CASE("transformer-encoder: options and shapes that do not fit are named at their place",
          "[transformer-encoder][chapter][errors]") {
  CHECK(contains(error({"options.epsilon=0"}), "options.epsilon"));
  CHECK(contains(error({"options.norm=middle"}), "options.norm"));
  CHECK(contains(error({"options.heads=0"}), "options.heads"));
  CHECK(contains(error({"inputs.mask=[[true, false], [true, true]]"}), "inputs.mask"));
  CHECK(contains(error({"options.valid_lens=4"}), "options.valid_lens"));
  CHECK(contains(error({"inputs.d_output=[[1, 2]]"}), "inputs.d_output"));
  CHECK(contains(error({"parameters.gamma_final=[1, 1, 1, 1]"}),
                 "parameters.gamma_final: is given, but there is no such norm; expected "
                 "options.final_norm: true"));
  CHECK(contains(error({"parameters.W_2=[[[1, 2, 3, 4]]]"}), "parameters.W_2"));
  CHECK(contains(error({"study.layers=0"}), "study.layers"));
}

TEST_CASE("transformer-encoder: a run that would exhaust memory is refused",
          "[transformer-encoder][chapter][errors]") {
  const Folder folder;
  const std::string config = folder.file("large.yaml", R"(chapter: transformer-encoder
inputs:
  X: {fill: 1, shape: [3000, 8]}
parameters:
  W_q: {fill: 1, shape: [1, 8, 8]}
  W_k: {fill: 1}
  W_v: {fill: 1}
  W_o: {fill: 1}
  W_1: {fill: 1, shape: [1, 8, 8]}
  W_2: {fill: 1}
options: {heads: 8}
)");
  const Ran ran = run_attn({chapter, config});
  CHECK(ran.status == 2);
  CHECK(contains(ran.err, "large.yaml:3:6: inputs.X: the run would keep"));
}
