/// The chapter multi-head with what models after the Transformer add, run as a person runs it.
#include <catch2/catch_test_macros.hpp>
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

json with(const std::vector<std::string>& assignments) {
  return gradients_with(chapter, assignments);
}

std::string error(const std::vector<std::string>& assignments) {
  return refused_with(chapter, assignments);
}

/// W_k and W_v of one key head of width 2.
const std::vector<std::string> one_key_head{"options.key_heads=1",
                                            "parameters.W_k=[[1, 0], [0, 1], [1, 0], [0, 1]]",
                                            "parameters.W_v=[[1, 0], [0, 1], [1, 0], [0, 1]]"};

}  // namespace

TEST_CASE("multi-head: with its extensions, every tensor is what PyTorch makes of it",
          "[multi-head][chapter][reference]") {
  check_whole_runs(chapter, "multi_head_extended");
}

TEST_CASE("multi-head: options that are not asked for change nothing",
          "[multi-head][chapter][law]") {
  for (const std::string attention : {"reference", "online_softmax"}) {
    const std::string kind = "options.attention=" + attention;
    const json plain = with({kind});
    CHECK(plain == with({kind, "options.key_heads=2", "options.positions=none", "options.base=5",
                         "options.scale=sqrt_dk"}));
    CHECK(ids_of(plain) == ids_of(with({kind, "options.causal={offset: 7}"})));
  }
}

TEST_CASE("multi-head: shared keys save what their projections cost, and nothing else",
          "[multi-head][chapter][law]") {
  const json trace = with(one_key_head);
  CHECK(values_of(trace, "group") == std::vector<double>{0, 0});
  // Columns: shared, and of each head's own. Rows: X_q W_q, X_k W_k, X_v W_v, ...
  const std::vector<double> costs = values_of(trace, "costs");
  CHECK(std::vector<double>(costs.begin(), costs.begin() + 8) ==
        std::vector<double>{48, 48, 24, 48, 24, 48, 36, 36});
  CHECK(contains(run_attn({chapter, "--set", one_key_head[0], "--set", one_key_head[1], "--set",
                           one_key_head[2]})
                     .out,
                 "Projecting keys and values takes 48 where"));
}

TEST_CASE("multi-head: what is said of the gradient of b_k is so", "[multi-head][chapter][text]") {
  const std::string b_k = "parameters.b_k=[0.1, 0.2, 0.3, 0.4]";
  const auto size = [](const json& trace) {
    double largest = 0.0;
    for (const double x : values_of(trace, "d_b_k")) largest = std::max(largest, std::abs(x));
    return largest;
  };
  const std::string uneven = "inputs.d_output=[[1, 2, 3, 4], [0, 1, 0, 1], [2, 0, 1, 0]]";
  CHECK(size(with({b_k, uneven})) < 1e-15);
  CHECK(size(with({b_k, uneven, "inputs.bias=[[1, 0, 2], [0, 1, 0], [1, 1, 0]]"})) < 1e-15);
  CHECK(size(with({b_k, uneven, "options.positions=rope"})) > 1e-3);
  CHECK(size(with({b_k, uneven, "options.softcap=1"})) > 1e-3);
  CHECK(size(with({b_k, uneven, "inputs.past_keys=[[[1, 0]], [[0, 1]]]",
                   "inputs.past_values=[[[1, 0]], [[0, 1]]]"})) > 1e-3);
}

TEST_CASE("multi-head: extensions that cannot be are errors at their place",
          "[multi-head][chapter][errors]") {
  CHECK(contains(error({"options.key_heads=3"}),
                 "--set options.key_heads:1:1: options.key_heads: 2 query heads cannot share 3 key "
                 "heads evenly; expected one of 1, 2"));
  CHECK(contains(error({"options.key_heads=1"}),
                 "parameters.W_k: found 4 columns, expected 2: 1 key head as wide as a query, dk = "
                 "2 (W_q has 4 columns for 2 heads)"));
  CHECK(contains(error({one_key_head[0], one_key_head[1]}),
                 "parameters.W_o: found 4 rows, expected 8: 2 heads that read values of width dv = "
                 "4 (W_v has 4 columns for 1 key head)"));
  CHECK(contains(error({"options.heads=4", "study.without_head=1", "options.positions=rope"}),
                 "options.positions: rope turns pairs of entries, and the heads' queries and keys "
                 "have an odd width, dk = 1; expected an even one"));
  CHECK(contains(error({"inputs.bias=[[[0, 0, 0], [0, 0, 0], [0, 0, 0]]]"}),
                 "inputs.bias: found 1 matrices, expected one for each of the 2 heads"));
  CHECK(contains(error({"inputs.bias=[[0, 0], [0, 0], [0, 0]]"}),
                 "inputs.bias: found 2 columns, expected 3: no inputs.keys are given"));
  CHECK(contains(error({"inputs.bias=[0, 0, 0]"}),
                 "expected rows of numbers such as [[1, 2], [3, 4]]"));
  CHECK(contains(error({"inputs.past_keys=[[[1, 0]]]", "inputs.past_values=[[[1, 0]]]"}),
                 "inputs.past_keys: found a first axis of extent 1, expected 2, the number of key "
                 "heads"));
  CHECK(contains(error({"inputs.past_keys=[[[1]], [[2]]]", "inputs.past_values=[[[1]], [[2]]]"}),
                 "inputs.past_keys: found a last axis of extent 1, expected 2, the width of a "
                 "head's keys"));
  CHECK(
      contains(error({"inputs.past_keys=[[[1, 2]], [[2, 3]]]",
                      "inputs.past_values=[[[1, 2]], [[2, 3]]]", "options.valid_lens=5"}),
               "5 is beyond the last of the 4 keys, which are the queries, behind 1 of the past"));
}
