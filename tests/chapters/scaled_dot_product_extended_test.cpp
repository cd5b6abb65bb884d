/// The chapter scaled-dot-product with what models after the Transformer add, run as a person runs
/// it.
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "tests/support/chapter.hpp"
#include "tests/support/close.hpp"
#include "tests/support/program.hpp"

using namespace attn;
using namespace attn::test;
using nlohmann::json;

namespace {

const std::string chapter = "scaled-dot-product";

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

json with(const std::vector<std::string>& assignments) {
  return gradients_with(chapter, assignments);
}

std::string error(const std::string& assignment) { return refused_with(chapter, {assignment}); }

}  // namespace

TEST_CASE("scaled-dot-product: with its extensions, every tensor is what PyTorch makes of it",
          "[scaled-dot-product][chapter][reference]") {
  check_whole_runs(chapter, "scaled_dot_product_extended",
                   [](const json& trace, const Fixture& expected) {
                     check_all_expected(trace, expected, [](const std::string& name) {
                       static const std::vector<std::string> given{
                           "queries", "keys", "values", "past_keys",        "past_values",
                           "mask",    "bias", "scale",  "moved.difference", "d_context"};
                       return std::find(given.begin(), given.end(), name) != given.end();
                     });
                   });
}

TEST_CASE("scaled-dot-product: options that are not asked for add no step",
          "[scaled-dot-product][chapter][law]") {
  const json plain = with({});
  CHECK(plain == with({"options.positions=none", "options.layout=halves", "options.base=7",
                       "options.first_position=3"}));
  CHECK(ids_of(plain) == ids_of(with({"options.causal=bottom_right"})));
  CHECK(ids_of(plain) == ids_of(with({"options.causal={offset: 1}"})));
  const auto steps = ids_of(with({"options.softcap=2", "inputs.bias={fill: 0}"}));
  for (const std::string id : {"bias", "capped", "biased", "d_bias", "d_capped"}) {
    CHECK(std::count(steps.begin(), steps.end(), id) == 1);
  }
}

TEST_CASE("scaled-dot-product: causal may be true, from the bottom right, or with an offset",
          "[scaled-dot-product][chapter][law]") {
  const auto mask = [](const std::string& causal) {
    return values_of(
        with({"options.causal=" + causal, "inputs.queries=[[1, 2, 3, 4]]", "tokens.queries=[one]"}),
        "mask");
  };
  using Row = std::vector<double>;
  CHECK(mask("true") == Row{1, 0, 0});
  CHECK(mask("{offset: 0}") == Row{1, 0, 0});
  CHECK(mask("{offset: 1}") == Row{1, 1, 0});
  CHECK(mask("{offset: -1}") == Row{0, 0, 0});
  CHECK(mask("bottom_right") == Row{1, 1, 1});
  CHECK(mask("false") == Row{1, 1, 1});
}

TEST_CASE("scaled-dot-product: past keys need no other field to change",
          "[scaled-dot-product][chapter][law]") {
  const json trace = with({"inputs.past_keys=[[1, 0, 0, 0], [0, 1, 0, 0]]",
                           "inputs.past_values=[[1, 2], [3, 4]]", "options.causal=true"});
  CHECK(values_of(trace, "mask") ==
        std::vector<double>{1, 1, 1, 0, 0, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1});
}

TEST_CASE("scaled-dot-product: what the words of a cap and of a bias say is counted",
          "[scaled-dot-product][chapter][text]") {
  const Ran ran = run_attn({chapter, "--set", "options.softcap=2", "--set",
                            "inputs.bias=[[0, -.inf, 1], [0, 0, -.inf], [0, 0, 0]]"});
  CHECK(ran.status == 0);
  // the scaled scores are 2.5, 0.5, 1.5; 0, 3, 0; 2, 1, 3, and 2 tanh(3/2) = 1.810
  CHECK(contains(ran.out, "What changes most here is 3, which becomes 1.81."));
  CHECK(contains(ran.out, "2 of the 9 entries are -inf"));
}

TEST_CASE("scaled-dot-product: only a bias may be -.inf, and nothing may be .inf or .nan",
          "[scaled-dot-product][chapter][errors]") {
  CHECK(contains(error("inputs.bias=[[0, .inf, 1], [0, 0, 0], [0, 0, 0]]"),
                 "--set inputs.bias:1:6: inputs.bias: found .inf, expected a finite number or "
                 "-.inf"));
  CHECK(contains(error("inputs.bias=[[0, 1, .nan], [0, 0, 0], [0, 0, 0]]"),
                 "inputs.bias: found .nan, expected a finite number or -.inf"));
  CHECK(contains(error("inputs.bias={fill: .inf}"), "expected a finite number or -.inf"));
  CHECK(contains(error("inputs.bias=[[0, true, 1], [0, 0, 0], [0, 0, 0]]"), "expected a number"));
  CHECK(contains(error("inputs.keys=[[-.inf, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]"),
                 "inputs.keys: found -.inf, expected a finite number"));
  CHECK(contains(error("inputs.bias=[[0, 1], [0, 0], [0, 0]]"),
                 "inputs.bias has 2 columns (axis Tk), but inputs.keys"));
}

TEST_CASE("scaled-dot-product: extensions that cannot be are errors at their place",
          "[scaled-dot-product][chapter][errors]") {
  CHECK(
      contains(error("options.softcap=0"), "options.softcap: found 0, expected a number above 0"));
  CHECK(contains(error("options.softcap=-1"), "expected a number above 0"));
  CHECK(contains(error("options.softcap=.inf"), "expected a finite number"));
  CHECK(error("options.causal=botom_right") ==
        "--set options.causal:1:1: options.causal: found text \"botom_right\", expected true, "
        "false, bottom_right or {offset: n} with a whole number from -16777216 to 16777216; did "
        "you mean bottom_right?\n");
  CHECK(contains(error("options.causal={offset: 1.5}"),
                 "options.causal.offset: found the number 1.5, expected a whole number"));
  CHECK(contains(error("options.causal={offset: 1, by: 2}"),
                 "unknown key options.causal.by; expected options.causal.offset alone"));
  CHECK(contains(error("options.causal={by: 2}"), "found a map, expected true, false"));
  CHECK(contains(error("inputs.past_keys=[[1, 2, 3, 4]]"),
                 "inputs.past_keys: found without inputs.past_values, expected both or neither"));
  CHECK(contains(error("inputs.past_values=[[1, 2]]"),
                 "inputs.past_values: found without inputs.past_keys, expected both or neither"));
  const std::string odd = refused_with(
      chapter, {"inputs.queries=[[1, 2, 3]]", "inputs.keys=[[1, 2, 3]]", "inputs.values=[[1]]",
                "tokens.queries=[a]", "tokens.keys=[b]", "options.positions=rope"});
  CHECK(contains(odd,
                 "options.positions: rope turns pairs of entries, and queries and keys have an "
                 "odd width, dk = 3; expected an even one"));
  CHECK(contains(
      refused_with(chapter, {"inputs.past_keys=[[1, 2, 3, 4]]", "inputs.past_values=[[1, 2]]",
                             "inputs.mask=[[1, 1, 1], [1, 1, 1], [1, 1, 1]]"}),
      "inputs.mask has 3 columns (axis Tp+Tk), expected 4: Tp = 1"));
}
