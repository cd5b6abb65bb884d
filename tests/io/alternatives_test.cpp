/// Fields that take more than one form: flags with words or a number beside them, tensors with
/// other axes or with -.inf, and axes that another field changes.
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "attn/io/config.hpp"
#include "attn/io/json_schema.hpp"
#include "attn/io/npy.hpp"
#include "tests/io/temporary_folder.hpp"

namespace attn::io::test {
namespace {

const Schema& schema() {
  static const Schema schema{
      .chapter = "demo",
      .axes = {{"Tq", "number of queries"}, {"Tk", "number of keys"}},
      .fields =
          {{.path = "inputs.keys", .axes = "Tk", .required = true},
           {.path = "inputs.past", .axes = "Tp"},
           {.path = "inputs.mask", .type = Type::mask, .axes = "Tk"},
           {.path = "inputs.bias", .axes = "Tq,Tk", .or_axes = "H,Tq,Tk", .or_minus_inf = true},
           {.path = "options.lens", .type = Type::integers, .at_most_axis = "Tk"},
           {.path = "options.causal",
            .type = Type::flag,
            .fallback = "false",
            .choices = {"last"},
            .or_map = "offset",
            .range = Range{-9, 9}}},
      .axis_changes = {{.field = "inputs.past",
                        .axis = "Tk",
                        .becomes = "Tp+Tk",
                        .of = {"inputs.mask", "inputs.bias", "options.lens"}}}};
  return schema;
}

Config load(const std::string& more, const std::vector<Override>& overrides = {}) {
  return load_config({"c.yaml", "chapter: demo\ninputs:\n  keys: [1, 2]\n" + more}, schema(),
                     overrides);
}

std::string faults_of(const std::string& more, const std::vector<Override>& overrides = {}) {
  try {
    load(more, overrides);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

constexpr double inf = std::numeric_limits<double>::infinity();

TEST_CASE("config: a flag may be a word or a map with a number, where the schema says so",
          "[config]") {
  CHECK(load("").flag("options.causal") == false);
  const Config word = load("options: {causal: last}\n");
  CHECK_FALSE(word.is_flag("options.causal"));
  CHECK(word.choice("options.causal") == "last");
  const Config map = load("options: {causal: {offset: -3}}");
  CHECK(map.is_integer("options.causal"));
  CHECK(map.integer("options.causal") == -3);
  CHECK(load("", {{"options.causal.offset", "2"}}).integer("options.causal") == 2);
  CHECK(load("", {{"options.causal", "{offset: 2}"}}).integer("options.causal") == 2);
  CHECK(load("options: {causal: True}\n").is_flag("options.causal"));
}

TEST_CASE("config: what a flag cannot be says all that it may be", "[config][errors]") {
  CHECK(faults_of("options: {causal: 1}\n") ==
        "c.yaml:4:19: options.causal: found the number 1, expected true, false, last or {offset: "
        "n} with a whole number from -9 to 9");
  CHECK(faults_of("options: {causal: {offset: 10}}\n") ==
        "c.yaml:4:28: options.causal.offset: found 10, expected a whole number from -9 to 9");
  CHECK(faults_of("options: {causal: {offset: a}}\n") ==
        "c.yaml:4:28: options.causal.offset: found text \"a\", expected a whole number");
  CHECK(faults_of("options: {causal: {ofset: 1}}\n").find("found a map, expected true, false") !=
        std::string::npos);
  CHECK(faults_of("options: {causal: {offset: 1, more: 2}}\n") ==
        "c.yaml:4:31: unknown key options.causal.more; expected options.causal.offset alone");
}

TEST_CASE("config: -.inf is an entry where the schema says so, in a literal, a fill and a file",
          "[config]") {
  const Config config = load("  bias: [[-.inf, 0]]");
  CHECK(config.matrix("inputs.bias")(0, 0) == -inf);
  CHECK(load("  bias: {fill: -.inf, shape: [3, 2]}\n").matrix("inputs.bias")(2, 1) == -inf);
  CHECK(faults_of("  bias: [[.inf, 0]]\n") ==
        "c.yaml:4:11: inputs.bias: found .inf, expected a finite number or -.inf");
  CHECK(faults_of("  bias: [[0, .nan]]\n") ==
        "c.yaml:4:14: inputs.bias: found .nan, expected a finite number or -.inf");
  CHECK(faults_of("  bias: [[0, true]]\n") ==
        "c.yaml:4:14: inputs.bias: found true, expected a number");
  CHECK(load_config({"c.yaml", "chapter: demo\ninputs: {keys: [1]}\n"}, schema(), {})
            .vector("inputs.keys")(0) == 1.0);
  CHECK(faults_of("", {{"inputs.keys", "[-.inf, 0]"}}) ==
        "--set inputs.keys:1:2: inputs.keys: found -.inf, expected a finite number");
}

TEST_CASE("config: a tensor may have other axes, in a literal and where a shape says so",
          "[config]") {
  CHECK(load("  bias: [[1, 2], [3, 4]]\n").axes_of("inputs.bias") == 2);
  const Config three = load("  bias: [[[1, 2]], [[3, 4]], [[5, 6]]]");
  CHECK(three.axes_of("inputs.bias") == 3);
  CHECK(three.tensor3("inputs.bias")(2, 0, 1) == 6.0);
  CHECK(three.extent("H") == 3);
  CHECK(load("  bias: {fill: 1, shape: [3, 1, 2]}\n").extent("H") == 3);
  CHECK(faults_of("  bias: [[[1, 2, 3]]]\n") ==
        "c.yaml:4:9: inputs.bias has extent 3 (axis Tk), but inputs.keys (line 3) have 2 entries");
  CHECK(faults_of("  bias: [1, 2]\n") ==
        "c.yaml:4:9: inputs.bias: found a list of 2 numbers, expected rows of numbers such as [[1, "
        "2], [3, 4]]");
}

TEST_CASE("config: a field that is given makes an axis of others longer", "[config]") {
  CHECK(load("  past: [7]\n  mask: [true, true, false]\noptions: {lens: 3}\n").extent("Tp") == 1);
  CHECK(load("  mask: [true, true]\noptions: {lens: 2}\n").extent("Tk") == 2);
  CHECK(faults_of("  past: [7]\n  mask: [true, true]\n") ==
        "c.yaml:5:9: inputs.mask has 2 entries (axis Tp+Tk), expected 3: Tp = 1 (inputs.past, line "
        "4) and Tk = 2 (inputs.keys, line 3)");
  CHECK(faults_of("  past: [7]\noptions: {lens: 4}\n").find("4 is more than 3") !=
        std::string::npos);
  CHECK(load("  bias: [[[1, 2, 3]]]\n", {{"inputs.past", "[0]"}}).extent("H") == 1);
  CHECK(faults_of("options: {lens: 3}\n").find("beyond the last of the 2 keys") !=
        std::string::npos);
}

TEST_CASE("json_schema: the other forms are in it", "[json_schema]") {
  using nlohmann::json;
  const json fields = json::parse(json_schema(schema()))["properties"];
  const json& causal = fields["options"]["properties"]["causal"]["anyOf"];
  CHECK(causal[0]["type"] == "boolean");
  CHECK(causal[1]["enum"] == json{"last"});
  CHECK(causal[2]["properties"]["offset"]["minimum"] == -9);
  CHECK(causal[2]["required"] == json{"offset"});
  const json& bias = fields["inputs"]["properties"]["bias"]["anyOf"];
  CHECK(bias[0]["items"]["items"]["type"] == "number");
  CHECK(bias[1]["items"]["items"]["items"]["type"] == "number");
  const std::string table = markdown_table(schema());
  CHECK(table.find("| `inputs.bias` | (Tq, Tk) or (H, Tq, Tk) of numbers or -.inf |") !=
        std::string::npos);
  CHECK(table.find("| true, false, `last` or `{offset: n}` with a whole number from -9 to 9 |") !=
        std::string::npos);
}

}  // namespace
}  // namespace attn::io::test
