/// What scaled-dot-product and multi-head say about the numbers of a cap, a bias, rotary positions,
/// keys of the past and shared keys, under random configs.
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <nlohmann/json.hpp>
#include <regex>

#include "attn/core/random.hpp"
#include "tests/support/chapter.hpp"
#include "tests/support/program.hpp"

using namespace attn;
using namespace attn::test;
using nlohmann::json;

namespace {

/// The prose of a step, or "" if there is none.
std::string prose_of(const json& trace, const std::string& id) {
  for (const json& step : trace.at("steps")) {
    if (step.at("id") == id) return step.at("prose");
  }
  return "";
}

std::smatch match_of(const std::string& text, const std::string& pattern) {
  std::smatch match;
  CAPTURE(text, pattern);
  REQUIRE(std::regex_search(text, match, std::regex(pattern)));
  return match;
}

/// Is the text this number, as far as its digits go?
bool shows(const std::string& text, double value) {
  return std::abs(std::stod(text) - value) <= 6e-4 * std::abs(value) + 1e-300;
}

void check_cap(const json& trace) {
  const std::string prose = prose_of(trace, "capped");
  if (prose.empty()) return;
  const std::vector<double> before = values_of(trace, "scaled"), after = values_of(trace, "capped");
  double most = 0.0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    most = std::max(most, std::abs(before[i] - after[i]));
  }
  if (prose.find("no score changes") != std::string::npos) {
    CHECK(most == 0.0);
    return;
  }
  const std::smatch said = match_of(prose, "most here is (\\S+), which becomes (\\S+)\\.$");
  const std::string from = said[1], to = said[2];
  bool found = false;
  for (std::size_t i = 0; i < before.size(); ++i) {
    found = found || (std::abs(before[i] - after[i]) == most && shows(from, before[i]) &&
                      shows(to, after[i]));
  }
  CHECK(found);
}

void check_bias(const json& trace) {
  const std::string prose = prose_of(trace, "biased");
  if (prose.empty()) return;
  const std::vector<double> bias = values_of(trace, "bias");
  const std::smatch said = match_of(prose, "(\\d+) of the (\\d+) entries are -inf");
  CHECK(std::stoul(said[1]) ==
        static_cast<std::size_t>(
            std::count_if(bias.begin(), bias.end(), [](double x) { return std::isinf(x); })));
  CHECK(std::stoul(said[2]) == bias.size());
}

void check_distance(const json& trace) {
  const std::string prose = prose_of(trace, "moved");
  if (prose.empty()) return;
  const double difference = values_of(trace, "moved.difference").at(0);
  const std::smatch said = match_of(prose, "size, and the largest difference (\\S+)\\.$");
  CHECK(std::abs(std::stod(said[1]) - difference) <= 0.06 * difference);
  CHECK(difference < 1e-9);
  const double first = std::stod(match_of(prose_of(trace, "angles"), "position from (\\d+) on")[1]);
  CHECK(values_of(trace, "angles").at(0) == first);
}

void check_past(const json& trace, const std::string& keys, std::size_t width) {
  const std::string prose = prose_of(trace, "all_keys");
  if (prose.empty()) return;
  const std::smatch said = match_of(prose, "first Tp = (\\d+) rows.*Tn = (\\d+) follow");
  CHECK(std::stoul(said[1]) * width == values_of(trace, "past_keys").size());
  CHECK(std::stoul(said[2]) * width == values_of(trace, keys).size());
}

/// One of several, or none.
std::string pick(Random& random, const std::vector<std::string>& values) {
  const auto at =
      static_cast<std::size_t>(random.uniform() * 2.0 * static_cast<double>(values.size()));
  return at < values.size() ? values[at] : "";
}

json run(Random& random, const std::string& chapter,
         const std::vector<std::vector<std::string>>& variations) {
  std::vector<std::string> args{chapter};
  for (const std::vector<std::string>& values : variations) {
    std::string chosen = pick(random, values);
    for (std::size_t at = chosen.find('#'); at != std::string::npos; at = chosen.find('#')) {
      chosen.replace(at, 1, std::to_string(static_cast<int>(random.uniform() * 1e6)));
    }
    for (std::size_t begin = 0; begin < chosen.size();) {  // several fields that go together
      const std::size_t end = std::min(chosen.find(" & ", begin), chosen.size());
      args.insert(args.end(), {"--set", chosen.substr(begin, end - begin)});
      begin = end + 3;
    }
  }
  return trace_of(args);
}

const std::vector<std::string> caps{"options.softcap=0.001", "options.softcap=1.5",
                                    "options.softcap=50", "options.softcap=1e300"};
const std::vector<std::string> causal{"options.causal=true", "options.causal=bottom_right",
                                      "options.causal={offset: -2}", "options.causal={offset: 1}"};
const std::vector<std::string> rotary{
    "options.positions=rope", "options.positions=rope & options.layout=halves",
    "options.positions=rope & options.base=3 & options.first_position=900"};

}  // namespace

TEST_CASE("scaled-dot-product: what is said of its extensions is so, with random configs",
          "[scaled-dot-product][chapter][claims]") {
  Random random(1);
  for (int i = 0; i < 100; ++i) {
    const json trace =
        run(random, "scaled-dot-product",
            {caps,
             causal,
             rotary,
             {"inputs.queries={random: normal, seed: #, std: 5}"},
             {"inputs.bias=[[0, 1, -.inf], [-.inf, -.inf, -.inf], [1, 2, 3]]",
              "inputs.bias={random: normal, seed: #}", "inputs.bias={fill: -.inf}"}});
    CAPTURE(trace.dump().substr(0, 200));
    check_cap(trace);
    check_bias(trace);
    check_distance(trace);
    const json later = run(random, "scaled-dot-product",
                           {caps,
                            causal,
                            rotary,
                            {"inputs.past_keys={random: normal, seed: #, shape: [2, 4]} & "
                             "inputs.past_values={random: normal, seed: #, shape: [2, 2]}"}});
    check_cap(later);
    check_distance(later);
    check_past(later, "keys", 4);
  }
}

TEST_CASE("multi-head: what is said of its extensions is so, with random configs",
          "[multi-head][chapter][claims]") {
  Random random(2);
  for (int i = 0; i < 60; ++i) {
    const json trace =
        run(random, "multi-head",
            {caps,
             causal,
             rotary,
             {"inputs.queries={random: normal, seed: #, shape: [3, 4], std: 5}"},
             {"inputs.bias=[[0, 1, -.inf], [-.inf, -.inf, -.inf], [1, 2, 3]]",
              "inputs.bias={random: normal, seed: #, shape: [2, 3, 3]}"},
             {"options.key_heads=1 & parameters.W_k={random: normal, seed: #, shape: [4, 2]} & "
              "parameters.W_v={random: normal, seed: #, shape: [4, 2]}"}});
    check_cap(trace);
    check_bias(trace);
    check_distance(trace);
    const std::string groups = prose_of(trace, "groups");
    if (groups.empty()) continue;
    const std::smatch said = match_of(groups, "that is (\\d+) numbers .*would be (\\d+) if");
    const std::size_t words = 3;
    CHECK(std::stoul(said[1]) * words ==
          values_of(trace, "k").size() + values_of(trace, "v").size());
    CHECK(std::stoul(said[2]) == 2 * std::stoul(said[1]));
    const std::smatch costs =
        match_of(prose_of(trace, "costs"), "takes (\\d+) where it would take (\\d+)");
    const std::vector<double> counted = values_of(trace, "costs");
    CHECK(std::stod(costs[1]) == counted.at(2) + counted.at(4));
    CHECK(std::stod(costs[2]) == counted.at(3) + counted.at(5));
  }
}
