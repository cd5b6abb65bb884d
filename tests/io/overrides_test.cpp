#include <catch2/catch_test_macros.hpp>

#include "tests/io/demo_schema.hpp"

namespace attn::io::test {
namespace {

TEST_CASE("overrides: they replace and add values, and the later one wins", "[config]") {
  const Config config = load(demo_config + "expect: {loss: 1, t1.scores: [1]}\n",
                             {{"inputs.queries", "[[7, 8]]"},
                              {"options.heads", "2"},
                              {"options.heads", "3"},
                              {"title", "Another"},
                              {"expect.loss", "{values: 2, tolerance: 0.5}"},
                              {"expect.t1.scores", "[4, 5]"},
                              {"expect.weights.values", "[[1]]"},
                              {"expect.weights.tolerance", "1e-3"}});
  CHECK(config.extent("Tq") == 1);
  CHECK(config.matrix("inputs.queries")(0, 1) == 8.0);
  CHECK(config.size("options.heads") == 3);
  CHECK(config.title() == "Another");
  REQUIRE(config.expectations().size() == 3);
  CHECK(config.expectations()[0].values == std::vector<double>{2});
  CHECK(config.expectations()[0].absolute == 0.5);
  CHECK(config.expectations()[1].tensor == "t1.scores");
  CHECK(config.expectations()[1].values == std::vector<double>{4, 5});
  CHECK(config.expectations()[2].tensor == "weights");
  CHECK(config.expectations()[2].absolute == 1e-3);
}

TEST_CASE("overrides: a part of a tensor's map can be set", "[config]") {
  const std::string yaml = with("parameters.W", "{random: normal, seed: 1}");
  const Mat one = load(yaml).matrix("parameters.W");
  const Mat two = load(yaml, {{"parameters.W.seed", "2"}}).matrix("parameters.W");
  CHECK(one(0, 0) != two(0, 0));
}

TEST_CASE("overrides: faults are reported at the option", "[config][errors]") {
  const auto fault = [](const std::string& path, const std::string& value) {
    return faults_of(demo_config, {{path, value}});
  };
  CHECK(fault("inputs.queries", "[[1, x]]") ==
        "--set inputs.queries:1:6: inputs.queries: found text \"x\", expected a number");
  CHECK(fault("inputs.queries", "[[1, 2") ==
        "--set inputs.queries:1:2: not valid YAML: this list is not closed: expected `]`");
  CHECK(fault("inputs.queries", "") ==
        "--set inputs.queries:1:1: inputs.queries: found nothing, expected rows of numbers such as "
        "[[1, 2], [3, 4]]");
  CHECK(fault("inputs.quries", "1") ==
        "--set inputs.quries:1:8: no field is called inputs.quries; did you mean inputs.queries?");
  CHECK(fault("queries", "1") ==
        "--set queries:1:1: no field is called queries; did you mean inputs.queries?");
  CHECK(fault("tokens.zzzzzzzz", "1") ==
        "--set tokens.zzzzzzzz:1:8: no field is called tokens.zzzzzzzz; expected one of "
        "tokens.queries "
        "or tokens.keys");
  CHECK(fault("zzzzzzzz", "1") ==
        "--set zzzzzzzz:1:1: no field is called zzzzzzzz; expected one of inputs.…, parameters.…, "
        "options.…, tokens.…, title or expect");
  CHECK(fault("inputs..queries", "1") ==
        "--set inputs..queries:1:1: malformed path, expected names with dots between them, as in "
        "inputs.queries");
  CHECK(fault("", "1") ==
        "--set :1:1: malformed path, expected names with dots between them, as in inputs.queries");
  CHECK(fault("inputs.queries.seed", "1") ==
        "--set inputs.queries.seed:1:16: there is nothing to set inside a list of 2 lists "
        "(c.yaml:3:12)");
}

TEST_CASE("overrides: one that does not fit the file is blamed, not the file", "[config][errors]") {
  CHECK(faults_of(demo_config, {{"inputs.queries", "[[1, 2, 3]]"}}) ==
        "--set inputs.queries:1:1: inputs.queries have width 3 (axis dk), but inputs.keys "
        "(c.yaml:4:9) have width 2");
  CHECK(faults_of(demo_config + "tokens: {queries: [a, b]}\n", {{"inputs.queries", "[[1, 2]]"}}) ==
        "c.yaml:6:19: tokens.queries: found 2 texts, expected 1, one for each entry of axis Tq, "
        "number of queries (inputs.queries, --set inputs.queries:1:1)");
}

}  // namespace
}  // namespace attn::io::test
