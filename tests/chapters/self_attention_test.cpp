/// The chapter self-attention, run as a person runs it.
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "tests/support/chapter.hpp"
#include "tests/support/close.hpp"
#include "tests/support/program.hpp"

using namespace attn;
using namespace attn::test;
using nlohmann::json;

namespace {

const std::string chapter = "self-attention";

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// What the program says of the default with that change, which it must refuse.
std::string refused(const std::vector<std::string>& assignments) {
  return refused_with(chapter, assignments);
}

}  // namespace

TEST_CASE("self-attention: every tensor is what PyTorch makes of the same config",
          "[self-attention][chapter][reference]") {
  check_whole_runs(chapter, "self_attention_chapter");
}

TEST_CASE("self-attention: the default walks from the words to what layers cost",
          "[self-attention][chapter][law]") {
  const json trace = trace_of({chapter, "--gradients"});
  CHECK(ids_of(trace) ==
        std::vector<std::string>{
            "inputs",   "parameters", "queries",  "keys",     "values",       "scores", "scaled",
            "masked",   "weights",    "context",  "permuted", "equivariance", "costs",  "d_context",
            "d_values", "d_weights",  "d_scaled", "d_scores", "d_queries",    "d_keys", "d_W_q",
            "d_W_k",    "d_W_v",      "d_b_q",    "d_b_k",    "d_b_v",        "d_X"});
  CHECK(close(values_of(trace, "scores"), {0, 2, 4, 6, 0, 2, 4, 2, 0}, 0.0));  // by hand
  CHECK(close(values_of(trace, "values"), {3, 0, 0, 2, 1, 2}, 0.0));
}

TEST_CASE("self-attention: without d_context the loss is the sum of the context",
          "[self-attention][chapter][law]") {
  const auto d_X = [](const std::vector<std::string>& more) {
    std::vector<std::string> args{chapter, "--gradients"};
    args.insert(args.end(), more.begin(), more.end());
    return values_of(trace_of(args), "d_X");
  };
  CHECK(d_X({}) == d_X({"--set", "inputs.d_context={fill: 1}"}));
}

TEST_CASE("self-attention: without a mask order does not matter, with one it does",
          "[self-attention][chapter][law]") {
  const json free = trace_of({chapter});
  CHECK(values_of(free, "difference").front() < 1e-14);
  const json causal = trace_of({chapter, "--set", "options.causal=true"});
  CHECK(values_of(causal, "difference").front() > 1.0);
  CHECK(values_of(causal, "difference.mask_moved").front() < 1e-14);
  CHECK(contains(run_attn({chapter}).out, "Order does not matter"));
  CHECK(contains(run_attn({chapter, "--set", "options.causal=true"}).out,
                 "With a mask, order matters"));
}

TEST_CASE("self-attention: the words move with their rows, and backwards unless told otherwise",
          "[self-attention][chapter][law]") {
  const auto labels = [](const std::vector<std::string>& more) {
    std::vector<std::string> args{chapter};
    args.insert(args.end(), more.begin(), more.end());
    const json trace = trace_of(args);
    for (const json& step : trace.at("steps")) {
      for (const json& tensor : step.at("tensors")) {
        if (tensor.at("name") == "permuted.X") return tensor.at("labels").at(0).dump();
      }
    }
    return std::string("none");
  };
  CHECK(labels({}) == R"(["mice","cats","chase"])");
  CHECK(labels({"--set", "study.permutation=[1, 0, 2]"}) == R"(["chase","cats","mice"])");
  const Folder folder;
  const std::string config = folder.file("c.yaml",
                                         "{chapter: self-attention, tokens: {words: [cats, chase, "
                                         "mice]}, inputs: {X: [[1], [2], [3]]}, "
                                         "parameters: {W_q: [[1]], W_k: [[1]], W_v: [[1]]}}");
  const Ran ran = run_attn({chapter, config, "--steps", "permuted"});
  CHECK(contains(ran.out, "2, 1, 0"));
}

TEST_CASE("self-attention: costs are those of T and dm, or of study.n and study.d",
          "[self-attention][chapter][law]") {
  // n = 3, d = 4, k = r = 3: multiplications, sequential steps, longest path, connected pairs.
  CHECK(close(values_of(trace_of({chapter}), "costs"),
              {72, 1, 1, 9, 56, 1, 2, 9, 80, 3, 3, 6, 112, 1, 2, 9, 112, 1, 2, 9}, 0.0));
  const json other = trace_of({chapter, "--set", "study.n=2", "--set", "study.d=1", "--set",
                               "study.kernel=1", "--set", "study.neighbourhood=2"});
  CHECK(close(values_of(other, "costs"),
              {8, 1, 1, 4, 6, 1, 1, 3, 3, 2, 2, 3, 2, 1, 1, 2, 2, 1, 1, 2}, 0.0));
  const Folder folder;
  const std::string config = folder.file(
      "long.yaml",
      "{chapter: self-attention, inputs: {X: {random: normal, seed: 1, shape: [1025, 1]}}, "
      "parameters: {W_q: [[1]], W_k: [[1]], W_v: [[1]]}}");
  CHECK(contains(run_attn({chapter, config, "--steps", "costs"}).out,
                 "Not counted for n = 1025: give study.n, at most 1024."));
}

TEST_CASE("self-attention: the text shows words, formulas and numbers",
          "[self-attention][chapter][text]") {
  const Ran ran = run_attn({chapter});
  CHECK(ran.status == 0);
  CHECK(ran.err.empty());
  for (const std::string part : {"arXiv:1706.03762v7", "Q = X W_q + b_q", "cats", "0.6652",
                                 "O(n^2 d)", "noun  verb  hunter  prey", "They are the same"}) {
    CAPTURE(part);
    CHECK(contains(ran.out, part));
  }
  CHECK(ran.out.find(" 72 ") == ran.out.rfind(" 72 "));  // the costs are there once
}

TEST_CASE("self-attention: what does not fit is named, with its place and what was expected",
          "[self-attention][chapter][errors]") {
  CHECK(contains(refused({"parameters.W_q=[[1, 2], [3, 4]]"}), "parameters.W_q"));
  CHECK(contains(refused({"parameters.W_k=[[1], [2], [3], [4]]"}), "width"));
  CHECK(contains(refused({"parameters.b_v=[1, 2, 3]"}), "parameters.b_v"));
  CHECK(contains(refused({"inputs.mask=[[true, true]]"}), "inputs.mask"));
  CHECK(contains(refused({"inputs.d_context=[[1, 1]]"}), "inputs.d_context"));
  CHECK(contains(refused({"options.valid_lens=4"}), "options.valid_lens"));
  CHECK(contains(refused({"options.valid_lens=[1, 2]"}), "options.valid_lens"));
  CHECK(contains(refused({"options.scale=sqrt_dm"}), "sqrt_dk"));
  CHECK(contains(refused({"study.kernel=0"}), "study.kernel"));
  CHECK(contains(refused({"parameters.W_o=[[1]]"}), "W_o"));
  CHECK(contains(refused({"study.permutation=[0, 1, 1]"}),
                 "study.permutation: row 1 comes twice, expected each of 0 to 2 once"));
  CHECK(contains(refused({"study.permutation=[0, 1, 3]"}),
                 "study.permutation: there is no row 3, expected each of 0 to 2 once"));
  CHECK(contains(refused({"study.permutation=[1, 0]"}),
                 "study.permutation: found 2 indices for 3 rows, expected each of 0 to 2 once"));
  const Folder folder;
  const std::string config = folder.file("c.yaml", "chapter: self-attention\ninputs: {X: [[1]]}\n");
  const Ran ran = run_attn({chapter, config});
  CHECK(ran.status == 2);
  CHECK(contains(ran.err, "parameters.W_q"));
  CHECK(contains(ran.err, "parameters.W_v"));
}
