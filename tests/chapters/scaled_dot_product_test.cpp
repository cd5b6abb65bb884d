/// The chapter scaled-dot-product, run as a person runs it.
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "tests/support/close.hpp"
#include "tests/support/program.hpp"

using namespace attn;
using namespace attn::test;
using nlohmann::json;

namespace {

const std::string chapter = "scaled-dot-product";
const std::string root = ATTN_SOURCE_DIR;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// The largest |weights| entry that is not exactly 0 where the mask says 0.
std::vector<double> sum_of_rows(const std::vector<double>& values, std::size_t columns) {
  std::vector<double> sums;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i % columns == 0) sums.push_back(0.0);
    sums.back() += values[i];
  }
  return sums;
}

}  // namespace

TEST_CASE("scaled-dot-product: every tensor is what PyTorch makes of the same config",
          "[scaled-dot-product][chapter][reference]") {
  for (const Fixture& example : Fixture("scaled_dot_product")["cases"].items()) {
    CAPTURE(example["name"].text());
    const Folder folder;
    const std::string config = folder.file("case.yaml", example["config"].text());
    const json trace = trace_of({chapter, config, "--gradients"});
    for (const std::string name : {"scores", "scaled", "masked", "weights", "context", "d_queries",
                                   "d_keys", "d_values", "d_weights", "d_scores"}) {
      CAPTURE(name);
      CHECK(close(values_of(trace, name), example["expected"][name]["data"].numbers(), 1e-12));
    }
  }
}

TEST_CASE("scaled-dot-product: the default walks from the inputs to the context",
          "[scaled-dot-product][chapter][law]") {
  const json trace = trace_of({chapter});
  CHECK(trace.at("format") == "attn-trace");
  CHECK(trace.at("version") == 1);
  CHECK(trace.at("chapter") == chapter);
  std::vector<std::string> ids;
  for (const json& step : trace.at("steps")) ids.push_back(step.at("id"));
  CHECK(ids == std::vector<std::string>{"inputs", "mask", "scale", "scores", "scaled", "masked",
                                        "weights", "context", "spread", "entropy", "survival"});
  CHECK(close(sum_of_rows(values_of(trace, "weights"), 3), {1, 1, 1}, 1e-15));
}

TEST_CASE("scaled-dot-product: the scale may be sqrt_dk, none or a number",
          "[scaled-dot-product][chapter][law]") {
  // dk = 4 in the default config.
  const auto scaled = [](const std::string& scale) {
    return values_of(trace_of({chapter, "--set", "options.scale=" + scale}), "scaled");
  };
  CHECK(scaled("sqrt_dk") == scaled("0.5"));
  CHECK(scaled("none") == scaled("1"));
  CHECK(scaled("none") == values_of(trace_of({chapter}), "scores"));
}

TEST_CASE("scaled-dot-product: the text shows tokens, formulas and numbers",
          "[scaled-dot-product][chapter][text]") {
  const Ran ran = run_attn({chapter});
  CHECK(ran.status == 0);
  CHECK(ran.err.empty());
  for (const std::string part : {"Scaled dot-product attention", "arXiv:1706.03762v7", "S = Q K^T",
                                 "love", "我", "0.6652", "0.9094"}) {
    CAPTURE(part);
    CHECK(contains(ran.out, part));
  }
}

TEST_CASE("scaled-dot-product: shapes that do not fit are named",
          "[scaled-dot-product][chapter][errors]") {
  const auto error = [](const std::string& assignment) {
    const Ran ran = run_attn({chapter, "--set", assignment});
    CHECK(ran.status == 2);
    CHECK(ran.out.empty());
    return ran.err;
  };
  const std::string widths = error("inputs.keys=[[1, 2, 3], [4, 5, 6], [7, 8, 9]]");
  CHECK(contains(widths, "width"));
  CHECK(contains(widths, "3"));
  CHECK(contains(widths, "4"));
  CHECK(contains(error("inputs.mask=[[true, true]]"), "inputs.mask"));
  CHECK(contains(error("options.valid_lens=9"), "options.valid_lens"));
  CHECK(contains(error("options.scale=sqrt_dv"), "sqrt_dk"));
  CHECK(contains(error("inputs.d_context=[[1, 1]]"), "inputs.d_context"));
}
