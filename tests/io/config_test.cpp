#include <catch2/catch_test_macros.hpp>

#include "attn/core/random.hpp"
#include "tests/io/demo_schema.hpp"

namespace attn::io::test {
namespace {

template <class Tensor>
std::vector<double> numbers(const Tensor& tensor) {
  return {tensor.begin(), tensor.end()};
}

TEST_CASE("config: literals become tensors, and the axes get their extents", "[config]") {
  const Config config = load(demo_config +
                             "  mask: [[true, 0, 1], [1, false, True]]\n"
                             "parameters:\n"
                             "  bias: [-1.5e-3]\n"
                             "  cube: [[[1], [2], [3]], [[4], [5], [6]]]\n");
  CHECK(shape_of(config.matrix("inputs.queries")) == Shape{2, 2});
  CHECK(numbers(config.matrix("inputs.keys")) == std::vector<double>{1, 0, 0, 1, 1, 1});
  CHECK(shape_of(config.matrix("inputs.values")) == Shape{3, 1});  // a column
  CHECK(numbers(config.mask("inputs.mask")) == std::vector<double>{1, 0, 1, 1, 0, 1});
  CHECK(numbers(config.vector("parameters.bias")) == std::vector<double>{-0.0015});
  CHECK(numbers(config.tensor3("parameters.cube")) == std::vector<double>{1, 2, 3, 4, 5, 6});
  CHECK(config.extent("Tq") == 2);
  CHECK(config.extent("Tk") == 3);
  CHECK(config.extent("dk") == 2);
  CHECK(config.extent("dv") == 1);
}

TEST_CASE("config: numbers are those of YAML's core schema, rounded to nearest", "[config]") {
  const std::vector<std::pair<std::string, double>> cases{
      {"1", 1.0},
      {"-1", -1.0},
      {"+1", 1.0},
      {"1.", 1.0},
      {".5", 0.5},
      {"-.5", -0.5},
      {"+.5e1", 5.0},
      {"1e3", 1000.0},
      {"1E-3", 0.001},
      {"1.e2", 100},
      {"0x1F", 31.0},
      {"0o17", 15.0},
      {"007", 7.0},
      {"0.1", 0.1},
      {"2.2250738585072011e-308", 2.2250738585072011e-308},
      {"9007199254740993", 9007199254740992.0},
      {"1.7976931348623157e308", 1.7976931348623157e308}};
  for (const auto& [text, value] : cases) {
    INFO(text);
    CHECK(load(with("options.widths", "[1, 2]")).numbers("options.widths").size() == 2);
    CHECK(load(with("parameters.bias", "[" + text + "]")).vector("parameters.bias")(0) == value);
  }
}

TEST_CASE("config: every type of field is read", "[config]") {
  const Config config = load(demo_config +
                             "title: Three words\n"
                             "options:\n"
                             "  bandwidth: 0.5\n"
                             "  heads: 4\n"
                             "  shift: -9223372036854775808\n"
                             "  causal: true\n"
                             "  scale: 2.5\n"
                             "  norm: post\n"
                             "  kernels: [triangular, gaussian]\n"
                             "  widths: [1, 2.5]\n"
                             "  valid_lens: [3, 0]\n"
                             "  layers: 7\n"
                             "tokens: {queries: [我, 2], keys: [I, 'love it', true]}\n");
  CHECK(config.title() == "Three words");
  CHECK(config.number("options.bandwidth") == 0.5);
  CHECK(config.size("options.heads") == 4);
  CHECK(config.integer("options.shift") == std::numeric_limits<std::int64_t>::min());
  CHECK(config.flag("options.causal"));
  CHECK(config.is_number("options.scale"));
  CHECK(config.number("options.scale") == 2.5);
  CHECK(config.choice("options.norm") == "post");
  CHECK(config.list("options.kernels") == std::vector<std::string>{"triangular", "gaussian"});
  CHECK(config.numbers("options.widths") == std::vector<double>{1, 2.5});
  CHECK(config.sizes("options.valid_lens") == std::vector<std::size_t>{3, 0});
  CHECK(config.integers("options.layers") == std::vector<std::int64_t>{7});
  CHECK(config.list("tokens.queries") == std::vector<std::string>{"我", "2"});
  CHECK(config.list("tokens.keys") == std::vector<std::string>{"I", "love it", "true"});
}

TEST_CASE("config: what is not given has its default, or is absent", "[config]") {
  const Config config = load(demo_config);
  CHECK(config.title().empty());
  CHECK(config.number("options.bandwidth") == 1.0);
  CHECK(config.choice("options.scale") == "sqrt_dk");
  CHECK_FALSE(config.is_number("options.scale"));
  CHECK(config.list("options.kernels") == std::vector<std::string>{"gaussian", "boxcar"});
  CHECK(numbers(config.vector("parameters.gain")) == std::vector<double>{1, 1});
  CHECK_FALSE(config.has("inputs.mask"));
  CHECK_FALSE(config.has("tokens.keys"));
  CHECK_THROWS_AS(config.mask("inputs.mask"), std::logic_error);
  CHECK_THROWS_AS(config.vector("inputs.keys"), std::logic_error);
  CHECK_THROWS_AS(config.flag("options.bandwidth"), std::logic_error);
  CHECK_THROWS_AS(config.extent("n"), std::logic_error);
}

TEST_CASE("config: the shapes of random, filled and identity tensors follow from other fields",
          "[config]") {
  const Config config = load(
      "parameters:\n"
      "  W: {identity: true}\n"
      "  bias: {fill: 0.5}\n"
      "inputs:\n"
      "  values: {random: normal, mean: 1, std: 2, seed: 7}\n"
      "  keys: {random: xavier_uniform, seed: 8, shape: [3, 2]}\n"
      "  queries: [[1, 2]]\n"
      "expect: {x: 1}\n"
      "tokens: {keys: [a, b, c]}\n"
      "chapter: demo\n",
      {{"inputs.values.shape", "[3, 4]"}});
  CHECK(numbers(config.matrix("parameters.W")) == std::vector<double>{1, 0, 0, 1});
  CHECK(numbers(config.vector("parameters.bias")) == std::vector<double>(4, 0.5));
  CHECK(numbers(config.matrix("inputs.values")) ==
        random_values({3, 4}, {Init::normal, 1.0, 2.0}, 7));
  CHECK(numbers(config.matrix("inputs.keys")) ==
        random_values({3, 2}, {Init::xavier_uniform, 0.0, 0.0}, 8));
}

TEST_CASE("config: an identity can fix an axis", "[config]") {
  // W (dk, dk) stands alone, U (n, dk) gets its n from being square.
  const Config config = load(with("parameters.U", "{identity: true}"));
  CHECK(config.extent("n") == 2);
}

TEST_CASE("config: aliases stand for what they name", "[config]") {
  const Config config = load(
      "chapter: demo\n"
      "inputs:\n"
      "  queries: &rows [[1, 2], [3, 4]]\n"
      "  keys: *rows\n"
      "  values: [5, &v 6]\n"
      "options: {bandwidth: *v}\n");
  CHECK(numbers(config.matrix("inputs.keys")) == std::vector<double>{1, 2, 3, 4});
  CHECK(config.number("options.bandwidth") == 6.0);
  // A fault in what the alias stands for is reported where the alias is.
  CHECK(faults_of("chapter: demo\ninputs:\n  queries: &q [[1, 2]]\n  keys: *q\n  values: *q\n"
                  "  mask: *q\n") ==
        "c.yaml:3:20: inputs.mask: found the number 2, expected true, false, 1 or 0");
}

TEST_CASE("config: line ends, byte-order marks and the order of fields make no difference",
          "[config]") {
  std::string windows;
  for (const char c : demo_config) windows += c == '\n' ? "\r\n" : std::string(1, c);
  CHECK(faults_of(windows).empty());
  CHECK(faults_of("\xEF\xBB\xBF" + demo_config).empty());
  CHECK(faults_of("inputs: {values: [1], keys: [[1]], queries: [[1]]}\nchapter: demo\n").empty());
  CHECK(faults_of("chapter: demo\r\ninputs:\r\n  queries: [[我]]\r\n  keys: [[x]]\r\n"
                  "  values: [1]\r\n") ==
        "c.yaml:3:14: inputs.queries: found text \"我\", expected a number\n"
        "c.yaml:4:11: inputs.keys: found text \"x\", expected a number");
}

TEST_CASE("config: columns are counted in characters", "[config][errors]") {
  CHECK(faults_of(demo_config + "tokens: {queries: [我, 爱], keys: [你, 你, []]}\n") ==
        "c.yaml:6:40: tokens.keys: found an empty list, expected a text");
}

TEST_CASE("config: a chapter can reject a field at its place", "[config][errors]") {
  const Config config = load(with("options.heads", "3"));
  const auto reject = [&](const std::string& path) {
    try {
      config.reject(path, "found 3, which does not divide dk = 2");
    } catch (const InputError& error) {
      return std::string(error.what());
    }
  };
  CHECK(reject("options.heads") ==
        "c.yaml:7:10: options.heads: found 3, which does not divide dk = 2");
  CHECK(reject("options.shift") ==
        "c.yaml:6:1: options.shift: found 3, which does not divide dk = 2");
}

}  // namespace
}  // namespace attn::io::test
