/// The chapter nadaraya-watson, run as a person runs it.
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "tests/support/chapter.hpp"
#include "tests/support/close.hpp"
#include "tests/support/program.hpp"

using namespace attn;
using namespace attn::test;
using nlohmann::json;

namespace {

const std::string chapter = "nadaraya-watson";

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// The message with which the program refuses these changes to its default config.
std::string error(const std::vector<std::string>& assignments) {
  std::vector<std::string> args{chapter};
  for (const std::string& assignment : assignments) {
    args.push_back("--set");
    args.push_back(assignment);
  }
  const Ran ran = run_attn(args);
  CHECK(ran.status == 2);
  CHECK(ran.out.empty());
  return ran.err;
}

std::string error_of_config(const std::string& yaml) {
  const Folder folder;
  const Ran ran = run_attn({chapter, folder.file("c.yaml", "chapter: nadaraya-watson\n" + yaml)});
  CHECK(ran.status == 2);
  CHECK(ran.out.empty());
  return ran.err;
}

}  // namespace

TEST_CASE("nadaraya-watson: every tensor is what PyTorch makes of the same config",
          "[nadaraya-watson][chapter][reference]") {
  check_whole_runs(chapter, "nadaraya_watson");
}

TEST_CASE("nadaraya-watson: the default walks from points to a learned width",
          "[nadaraya-watson][chapter][law]") {
  CHECK(ids_of(trace_of({chapter})) ==
        std::vector<std::string>{"points", "bandwidth", "distances", "u", "kernel", "scores",
                                 "masked", "weights", "prediction", "kernels", "bandwidths",
                                 "training", "learned"});
  const json gradients = trace_of({chapter, "--gradients"});
  CHECK(ids_of(gradients).back() == "d_keys");
  CHECK(values_of(gradients, "d_bandwidth").size() == 1);
}

TEST_CASE("nadaraya-watson: the default's Epanechnikov column, worked by hand",
          "[nadaraya-watson][chapter][reference]") {
  // h = 2. x = 0: K = 1, 0.75, 0, 0. x = 2: K = 0, 0.75, 0.75, 0. x = 8: nothing in reach.
  const json trace = trace_of({chapter, "--set", "options.kernel=epanechnikov"});
  CHECK(close(values_of(trace, "prediction"), {3.0 / 7.0, 2.5, 0.0}, 1e-15));
  const std::vector<double> table = values_of(trace, "kernels.prediction");
  CHECK(close({table[2], table[7], table[12]}, {3.0 / 7.0, 2.5, 0.0}, 1e-15));
  // Boxcar: (0 + 1) / 2. Triangular: 0.5 / 1.5. Constant: 9 / 4.
  CHECK(close({table[1], table[3], table[4]}, {0.5, 1.0 / 3.0, 2.25}, 1e-15));
}

TEST_CASE("nadaraya-watson: the text shows kernels, tables, pictures and the learned width",
          "[nadaraya-watson][chapter][text]") {
  const Ran ran = run_attn({chapter});
  CHECK(ran.status == 0);
  CHECK(ran.err.empty());
  for (const std::string part :
       {"Nadaraya 1964", "r_ij = ||q_i - k_j||", "The Gaussian kernel: K(u) = exp(-u^2/2)",
        "2.2963", "epanechnikov", "h=0.5", "data and fit", "loss by epoch", "before",
        "learned.w"}) {
    CAPTURE(part);
    CHECK(contains(ran.out, part));
  }
}

TEST_CASE("nadaraya-watson: labels are the places on the line, and none for wide points",
          "[nadaraya-watson][chapter][law]") {
  const std::string wide =
      "inputs: {queries: [[0, 1]], keys: [[0, 0], [3, 4]], values: [[1, 0, 2], [0, 1, 1]]}\n"
      "compare: {kernels: [boxcar, gaussian]}\ntraining: {epochs: 1, learning_rate: 0.001}\n";
  const Folder folder;
  const std::string config = folder.file("wide.yaml", "chapter: nadaraya-watson\n" + wide);
  const Ran ran = run_attn({chapter, config});
  CHECK(ran.status == 0);
  CHECK_FALSE(contains(ran.out, "data and fit"));
  CHECK_FALSE(contains(ran.out, "x=0"));
  CHECK(contains(run_attn({chapter}).out, "x=8"));
  CHECK(trace_of({chapter, config}).at("steps").size() == 12);  // one comparison is left out
}

TEST_CASE("nadaraya-watson: nothing is compared or learned unless the config says so",
          "[nadaraya-watson][chapter][law]") {
  const Folder folder;
  const std::string config = folder.file(
      "small.yaml", "chapter: nadaraya-watson\ninputs: {queries: [1], keys: [2], values: [3]}\n");
  CHECK(ids_of(trace_of({chapter, config})).back() == "prediction");
  CHECK(values_of(trace_of({chapter, config}), "prediction") == std::vector<double>{3.0});
}

TEST_CASE("nadaraya-watson: toy data may be given other queries, and bring the truth",
          "[nadaraya-watson][chapter][law]") {
  const Folder folder;
  const std::string config = folder.file("toy.yaml",
                                         "chapter: nadaraya-watson\ndata: {points: 20, noise: 0}\n"
                                         "inputs: {queries: [0, 32]}\n");
  const json trace = trace_of({chapter, config});
  CHECK(values_of(trace, "keys").size() == 20);
  CHECK(close(values_of(trace, "truth"), {0.0, 2.0 * std::sin(32.0) + 16.0}, 1e-14));
}

TEST_CASE("nadaraya-watson: what is wrong with a number is said at its place",
          "[nadaraya-watson][chapter][errors]") {
  CHECK(contains(error({"options.bandwidth=0"}), "options.bandwidth"));
  CHECK(contains(error({"options.bandwidth=-1"}), "options.bandwidth"));
  CHECK(contains(error({"options.bandwidth=1e-200"}), "too small for the distances"));
  CHECK(
      contains(error({"compare.bandwidths=[1, 1e-200]"}), "compare.bandwidths: the bandwidth is"));
  CHECK(contains(error({"compare.bandwidths=[1, 2, 1]"}), "compare.bandwidths: 1 is given twice"));
  CHECK(contains(error({"compare.kernels=[boxcar, boxcar]"}), "boxcar is named twice"));
  CHECK(contains(error({"options.kernel=gausian"}), "gaussian"));
  CHECK(contains(error({"training.initial_w=-1"}), "training.initial_w"));
  CHECK(contains(error({"training.epochs=0"}), "training.epochs"));
  CHECK(contains(error({"inputs.values=[1e200, 0, 0, 1]"}), "the values are too large to square"));
}

TEST_CASE("nadaraya-watson: shapes that do not fit are named",
          "[nadaraya-watson][chapter][errors]") {
  CHECK(contains(error({"inputs.values=[1, 2]"}), "inputs.values"));
  CHECK(contains(error({"inputs.queries=[[1, 2]]"}), "width"));
  CHECK(contains(error({"inputs.mask=[[true, true]]"}), "inputs.mask"));
  CHECK(contains(error({"inputs.d_prediction=[1, 1]"}), "inputs.d_prediction"));
  CHECK(contains(error({"inputs.keys=[1]", "inputs.values=[1]", "training.epochs=3"}),
                 "training.epochs"));
}

TEST_CASE("nadaraya-watson: training that runs away is reported, with what to do about it",
          "[nadaraya-watson][chapter][errors]") {
  // The middle point differs from both others: the narrower the kernel, the worse.
  const std::string message = error_of_config(
      "inputs: {queries: [0], keys: [0, 1, 2], values: [0, 1, 0]}\n"
      "training: {initial_w: 0.5, learning_rate: 10, epochs: 5}\n");
  CHECK(contains(message, "c.yaml:3:"));
  CHECK(contains(message, "training.learning_rate: training diverged: after epoch 1 w is -"));
  CHECK(contains(message, "try a smaller one"));
}

TEST_CASE("nadaraya-watson: points come from the inputs or from toy data, not from both or neither",
          "[nadaraya-watson][chapter][errors]") {
  CHECK(contains(error_of_config("options: {kernel: boxcar}\n"),
                 "inputs.queries, inputs.keys, inputs.values: missing"));
  CHECK(contains(error_of_config("inputs: {queries: [1], keys: [1]}\n"), "inputs.values: missing"));
  CHECK(contains(error({"data.points=10", "inputs.keys=[1, 2, 3, 4]"}),
                 "inputs.keys: found beside data.points"));
  CHECK(contains(error_of_config("data: {points: 10}\ninputs: {keys: [1], values: [1]}\n"),
                 "inputs.keys: found beside data.points"));
  CHECK(contains(error_of_config("data: {points: 10}\ninputs: {queries: [-1]}\n"),
                 "inputs.queries: 2 sin x + x^0.8 needs x >= 0, found -1"));
  CHECK(contains(error_of_config("data: {points: 10}\ninputs: {queries: [[1, 2]]}\n"),
                 "inputs.queries: found queries of width 2, expected 1"));
  CHECK(contains(error_of_config("data: {points: 10, queries: 3}\ninputs: {mask: [[1, 1]]}\n"),
                 "inputs.mask has shape (1, 2), expected (3, 10)"));
}

TEST_CASE("nadaraya-watson: no config takes all memory or all day",
          "[nadaraya-watson][chapter][errors]") {
  CHECK(contains(
      error_of_config("data: {points: 1000}\ntraining: {epochs: 100000}\n"),
      "training.epochs: 100000 epochs with 1000 points take too long; at most 100 would do"));
  CHECK(contains(error_of_config("data: {points: 100000}\n"), "data.points"));
  std::string many = "1";
  for (int i = 2; i <= 20; ++i) many += ", " + std::to_string(i);
  CHECK(contains(error_of_config("data: {points: 1000}\ncompare: {bandwidths: [" + many + "]}\n"),
                 "compare.bandwidths: 20 times 1000000 pairs"));
}
