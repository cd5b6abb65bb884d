/// The chapter multi-head, run as a person runs it.
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <nlohmann/json.hpp>

#include "tests/support/chapter.hpp"
#include "tests/support/close.hpp"
#include "tests/support/program.hpp"

using namespace attn;
using namespace attn::test;
using nlohmann::json;

namespace {

const std::string chapter = "multi-head";

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// The last row of a column of costs.
double total(const json& trace, const std::string& table, std::size_t column) {
  const std::vector<double> values = values_of(trace, table);
  const std::size_t columns = values.size() / 7;  // six products and their sum
  return values.at(6 * columns + column);
}

std::string error(const std::string& config) {
  const Folder folder;
  const Ran ran = run_attn({chapter, folder.file("wrong.yaml", config)});
  CHECK(ran.status == 2);
  CHECK(ran.out.empty());
  return ran.err.substr(ran.err.find("wrong.yaml"));
}

std::string error_of(const std::vector<std::string>& assignments) {
  return refused_with(chapter, assignments);
}

}  // namespace

TEST_CASE("multi-head: every tensor is what PyTorch makes of the same config",
          "[multi-head][chapter][reference]") {
  check_whole_runs(chapter, "multi_head_chapter");
}

TEST_CASE("multi-head: both kinds of attention give the same output and gradients",
          "[multi-head][chapter][law]") {
  const auto run = [](const std::string& attention) {
    return trace_of({chapter, "--gradients", "--set", "options.attention=" + attention, "--set",
                     "options.causal=true"});
  };
  const json reference = run("reference");
  const json online = run("online_softmax");
  for (const std::string name : {"heads", "output", "without", "d_X", "d_W_q", "d_W_k", "d_W_v",
                                 "d_W_o", "d_b_q", "d_b_v"}) {
    CAPTURE(name);
    CHECK(close(values_of(online, name), values_of(reference, name), 1e-13));
  }
}

TEST_CASE("multi-head: the default walks from the words to what one head brings",
          "[multi-head][chapter][law]") {
  const json trace = trace_of({chapter});
  std::vector<std::string> ids;
  for (const json& step : trace.at("steps")) ids.push_back(step.at("id"));
  CHECK(ids == std::vector<std::string>{"inputs", "parameters", "keys_and_values",
                                        "queries_of_heads", "scores", "scaled", "weights", "heads",
                                        "concat", "output", "costs", "without_head"});
  // Head 1: nouns look for verbs and verbs for nouns. Head 2: cats for mice and mice for cats.
  CHECK(values_of(trace, "scores") ==
        std::vector<double>{0, 2, 0, 2, 0, 2, 0, 2, 0, 0, 0, 4, 0, 0, 0, 4, 0, 0});
}

TEST_CASE("multi-head: heads that share a width cost what one head costs, and are counted",
          "[multi-head][chapter][law]") {
  const json trace = trace_of({chapter});
  CHECK(total(trace, "costs", 0) == 264);
  CHECK(total(trace, "costs", 1) == 264);
  CHECK(total(trace, "costs", 2) == 528);
  // 3 words of width 512: four projections, and twice 3 x 3 x 512.
  CHECK(total(trace, "costs.paper", 0) == 4 * 3 * 512 * 512 + 2 * 3 * 3 * 512);
  CHECK(total(trace, "costs.paper", 1) == total(trace, "costs.paper", 0));
}

TEST_CASE("multi-head: the text shows each head's own weights, and is short",
          "[multi-head][chapter][text]") {
  const Ran ran = run_attn({chapter});
  CHECK(ran.status == 0);
  CHECK(ran.err.empty());
  for (const std::string part : {"Multi-head attention", "arXiv:1706.03762v7", "head 1", "head 2",
                                 "chase", "8 heads of 64", "1 head of 512", "Head 2 masked out"}) {
    CAPTURE(part);
    CHECK(contains(ran.out, part));
  }
  CHECK(std::count(ran.out.begin(), ran.out.end(), '\n') < 280);
}

TEST_CASE("multi-head: 4096 words go through online_softmax, and nothing quadratic is shown",
          "[multi-head][chapter][law]") {
  const std::string random = "{random: normal, seed: 1, shape: ";
  const Folder folder;
  const std::string config = folder.file(
      "long.yaml", "chapter: multi-head\ninputs: {queries: " + random +
                       "[4096, 64]}}\n"
                       "parameters: {W_q: {random: xavier_uniform, seed: 2, shape: [64, 64]}, "
                       "W_k: {random: xavier_uniform, seed: 3, shape: [64, 64]}, "
                       "W_v: {random: xavier_uniform, seed: 4, shape: [64, 64]}, "
                       "W_o: {random: xavier_uniform, seed: 5, shape: [64, 64]}}\n"
                       "options: {heads: 8, causal: true, attention: online_softmax}\n");
  const auto start = std::chrono::steady_clock::now();
  const Ran ran = run_attn({chapter, config});
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  CHECK(ran.status == 0);
  CHECK(contains(ran.out, "maxima (H=8, Tq=4096)"));
  CHECK(std::count(ran.out.begin(), ran.out.end(), '\n') < 400);
  CHECK(took.count() < 60);  // some seconds, on a machine that does nothing else
  const Ran reference = run_attn({chapter, config, "--set", "options.attention=reference"});
  CHECK(reference.status == 2);
  CHECK(contains(reference.err,
                 "the scores of 8 heads, 4096 queries and 4096 keys would be 134217728 entries, "
                 "more than the limit of 16777216; online_softmax keeps none of them"));
}

TEST_CASE("multi-head: heads that do not divide a width are an error at their place",
          "[multi-head][chapter][errors]") {
  const std::string rest =
      "chapter: multi-head\ninputs: {queries: [[1, 2]]}\nparameters:\n"
      "  W_q: {fill: 1, shape: [2, 6]}\n  W_k: {fill: 1, shape: [2, 6]}\n"
      "  W_v: {fill: 1, shape: [2, 8]}\n  W_o: {fill: 1, shape: [8, 2]}\n";
  CHECK(error(rest + "options:\n  heads: 4\n") ==
        "wrong.yaml:9:10: options.heads: 4 heads cannot share a width of Hdk = 6 (the columns of "
        "W_q and W_k) evenly; expected one of 1, 2, 3, 6\n");
  CHECK(error(rest + "options:\n  heads: 3\n") ==
        "wrong.yaml:9:10: options.heads: 3 heads cannot share a width of Hdv = 8 (the columns of "
        "W_v) evenly; expected one of 1, 2, 4, 8\n");
  CHECK(contains(error(rest + "options: {heads: 0}\n"), "options.heads"));
}

TEST_CASE("multi-head: what does not fit is named", "[multi-head][chapter][errors]") {
  CHECK(contains(error_of({"parameters.W_k=[[1, 0, 0, 0]]"}),
                 "parameters.W_k: found 1 rows, expected 4, the width of the queries: no "
                 "inputs.keys are given, so they are the keys as well"));
  CHECK(contains(error_of({"parameters.W_v=[[1, 0, 0, 0]]"}),
                 "parameters.W_v: found 1 rows, expected 4, the width of the queries: neither "
                 "inputs.keys nor inputs.values are given, so they are all three"));
  CHECK(contains(error_of({"inputs.keys=[[1, 0, 0, 0]]", "parameters.W_v=[[1, 0, 0, 0]]"}),
                 "the width of the keys: no inputs.values are given"));
  CHECK(contains(error_of({"inputs.values=[[1, 0, 0, 0]]"}),
                 "inputs.values: found 1 rows, expected 3: no inputs.keys are given, so the 3 "
                 "queries are the keys as well"));
  CHECK(contains(error_of({"inputs.mask=[[1, 0], [0, 1], [1, 1]]"}),
                 "inputs.mask: found 2 columns, expected 3"));
  CHECK(contains(error_of({"tokens.keys=[a, b]"}), "tokens.keys: found 2 names, expected 3"));
  CHECK(contains(error_of({"options.valid_lens=4"}),
                 "options.valid_lens: 4 is beyond the last of the 3 keys, which are the queries"));
  CHECK(contains(error_of({"study.without_head=3"}),
                 "study.without_head: there is no head 3: options.heads is 2"));
  CHECK(contains(error_of({"parameters.W_o=[[1, 0, 0, 0]]"}), "parameters.W_o"));
  CHECK(contains(error_of({"parameters.b_q=[1, 2, 3]"}), "parameters.b_q"));
  CHECK(contains(error_of({"inputs.d_output=[[1]]"}), "inputs.d_output"));
  CHECK(contains(error_of({"options.attention=online"}), "online_softmax"));
}
