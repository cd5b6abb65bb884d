/// The chapter transformer-decoder, run as a person runs it.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/support/chapter.hpp"
#include "tests/support/close.hpp"
#include "tests/support/program.hpp"
#include "tests/support/transformer_model.hpp"

using namespace attn;
using namespace attn::test;
using nlohmann::json;

namespace {

const std::string chapter = "transformer-decoder";

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::vector<std::string> with_overrides(const std::vector<std::string>& assignments) {
  std::vector<std::string> args{chapter};
  for (const std::string& assignment : assignments) {
    args.emplace_back("--set");
    args.push_back(assignment);
  }
  return args;
}

json with(const std::vector<std::string>& assignments) {
  return trace_of(with_overrides(assignments));
}

bool has_step(const json& trace, const std::string& id) {
  const std::vector<std::string> all = ids_of(trace);
  return std::find(all.begin(), all.end(), id) != all.end();
}

/// "爱" of "Word 2: 爱", or the sentence of a round of beam search.
std::vector<std::string> titles_after_colon(const json& trace, const std::string& prefix) {
  std::vector<std::string> said;
  for (const json& step : trace.at("steps")) {
    const std::string title = step.at("title");
    if (title.starts_with(prefix)) said.push_back(title.substr(title.find(": ") + 2));
  }
  return said;
}

/// Differences from the runs without a cache: no numbers that PyTorch has.
const std::vector<std::string> only_ours{"cache", "cached"};

}  // namespace

TEST_CASE("transformer-decoder: every tensor is what PyTorch makes of the same config",
          "[transformer-decoder][chapter][reference]") {
  check_whole_runs(chapter, "transformer_decoder", [](const json& trace, const Fixture& expected) {
    check_all_expected(trace, expected, [](const std::string& name) {
      return name.starts_with("parameters.") ||
             std::find(only_ours.begin(), only_ours.end(), name) != only_ours.end();
    });
  });
}

TEST_CASE("transformer-decoder: the words are those that PyTorch says without a cache",
          "[transformer-decoder][chapter][reference]") {
  for (const Fixture& example : Fixture("transformer_decoder")["cases"].items()) {
    CAPTURE(example["name"].text());
    if (contains(example["config"].text(), "teacher_forcing")) continue;
    const Folder folder;
    const json trace = trace_of({chapter, folder.file("case.yaml", example["config"].text())});
    std::string wanted, said;
    for (const Fixture& word : example["words"].items()) wanted += " " + word.text();
    const std::vector<std::string> rounds = titles_after_colon(trace, "Beam search, round ");
    if (!rounds.empty()) said = " " + rounds.back();
    for (const std::string& word : titles_after_colon(trace, "Word ")) said += " " + word;
    CHECK(said == wanted);
  }
}

TEST_CASE("transformer-decoder: the default reads, looks, says the words, and proves its cache",
          "[transformer-decoder][chapter][law]") {
  const json trace = trace_of({chapter});
  CHECK(ids_of(trace) ==
        std::vector<std::string>{"parameters", "source", "encoder.layer1", "memory", "target",
                                 "decoder.mask", "decoder.layer1.self", "decoder.layer1.cross",
                                 "decoder.layer1.feed_forward", "logits", "probabilities", "loss",
                                 "t1", "t2", "t3", "t4", "cache"});
  CHECK(titles_after_colon(trace, "Word ") == std::vector<std::string>{"我", "爱", "你", "</s>"});
  const std::vector<double> cache = values_of(trace, "cache");
  for (std::size_t t = 0; t < 4; ++t) {
    CHECK(cache[3 * t] < 1e-13);
    CHECK(cache[3 * t + 1] == 1.0);
    CHECK(cache[3 * t + 2] == static_cast<double>(t + 1));
  }
  for (const double difference : values_of(trace, "cached")) CHECK(difference < 1e-13);
}

TEST_CASE("transformer-decoder: the cache holds the keys that all words at once have",
          "[transformer-decoder][chapter][law]") {
  const Folder folder;
  const json trace =
      trace_of({chapter, folder.file("m.yaml", transformer_model("4", "limit: 5, heads: 2"))});
  const std::size_t said = titles_after_colon(trace, "Word ").size();
  const std::string last = "t" + std::to_string(said) + ".";
  for (const std::string name : {"k", "v", "k_heads", "v_heads"}) {
    for (const std::string layer : {"layer1", "layer2"}) {
      CHECK(close(values_of(trace, last + layer + ".key_value_cache." + name),
                  values_of(trace, "decoder." + layer + ".self." + name), 1e-13));
    }
  }
}

TEST_CASE("transformer-decoder: in no layer does a word look at what comes later",
          "[transformer-decoder][chapter][law]") {
  const Folder folder;
  const json trace =
      trace_of({chapter, folder.file("m.yaml", transformer_model("4", "limit: 3, heads: 2"))});
  for (const std::string layer : {"decoder.layer1.self.", "decoder.layer2.self."}) {
    const std::vector<double> weights = values_of(trace, layer + "weights");
    const auto T = static_cast<std::size_t>(std::sqrt(weights.size() / 2));
    for (std::size_t i = 0; i < T; ++i) {
      for (std::size_t j = i + 1; j < T; ++j) CHECK(weights[i * T + j] == 0.0);
    }
  }
}

TEST_CASE("transformer-decoder: a beam of one says what greedy decoding says",
          "[transformer-decoder][chapter][law]") {
  const std::vector<std::string> rounds = titles_after_colon(
      with({"options.decoding=beam", "options.beam_width=1"}), "Beam search, round ");
  REQUIRE(rounds.size() == 4);
  CHECK(rounds.back() == "我 爱 你 </s>");
}

TEST_CASE("transformer-decoder: a beam as wide as everything finds the most likely sentence",
          "[transformer-decoder][chapter][law]") {
  // Of two words at most there are 1 + 4 * 5 sentences with these five words.
  const json trace = with({"options.decoding=beam", "options.beam_width=1000", "options.limit=2"});
  const std::vector<double> kept = values_of(trace, "round2.hypotheses");
  REQUIRE(kept.size() == 2 * 21);
  double total = 0.0;
  for (std::size_t i = 0; i < 21; ++i) {
    total += std::exp(kept[2 * i]);
    if (i > 0) CHECK(kept[2 * i + 1] <= kept[2 * i - 1]);
  }
  CHECK(close(total, 1.0, 1e-12));
}

TEST_CASE("transformer-decoder: a length penalty divides log P, and prefers longer sentences",
          "[transformer-decoder][chapter][law]") {
  const json trace =
      with({"options.decoding=beam", "options.beam_width=4", "options.length_penalty=0.6"});
  const std::vector<double> table = values_of(trace, "round3.hypotheses");
  for (std::size_t i = 0; i + 2 < table.size(); i += 3) {
    CHECK(close(table[i + 2], table[i] / table[i + 1], 1e-15));
  }
  CHECK(close(values_of(trace, "round3.length_penalty").front(), std::pow(8.0 / 6.0, 0.6), 1e-15));
  CHECK(close(values_of(trace, "round1.length_penalty").front(), 1.0, 1e-15));
}

TEST_CASE("transformer-decoder: greedy decoding that never says stop ends at the limit",
          "[transformer-decoder][chapter][law]") {
  const std::vector<std::string> never{"parameters.output.b=[0, -1000, 0, 0, 0]",
                                       "options.limit=100"};
  const json trace = with(never);
  CHECK(titles_after_colon(trace, "Word ").size() == 100);
  const std::vector<double> cache = values_of(trace, "cache");
  CHECK(cache.back() == 100.0);
  CHECK(cache.size() < 3 * 30);  // only the last are computed again
  for (const double difference : values_of(trace, "cached")) CHECK(difference < 1e-12);
  const json& last = trace.at("steps").back();
  CHECK(contains(last.at("prose"), "of the last 6 words is"));
  const json& step = trace.at("steps").at(trace.at("steps").size() - 2);
  CHECK(step.at("id") == "t100");
  CHECK(contains(step.at("prose"), "options.limit ends the sentence here"));
}

TEST_CASE("transformer-decoder: without a target the chosen words count as right",
          "[transformer-decoder][chapter][law]") {
  const Folder folder;
  const json trace = trace_of({chapter, folder.file("m.yaml", transformer_model("4", "limit: 4"))});
  CHECK(has_step(trace, "loss"));
  const std::vector<std::string> said = titles_after_colon(trace, "Word ");
  const std::vector<double> losses = values_of(trace, "word_losses");
  REQUIRE(losses.size() == 2 * said.size());
  for (std::size_t t = 0; t < said.size(); ++t) {
    const std::vector<double> p = values_of(trace, "t" + std::to_string(t + 1) + ".probabilities");
    CHECK(close(losses[2 * t], *std::max_element(p.begin(), p.end()), 1e-13));
  }
}

TEST_CASE("transformer-decoder: what stands after source_length changes no number of the decoder",
          "[transformer-decoder][chapter][law]") {
  const json padded = with({"tokens.source=[I, love, you, me, me]", "options.source_length=3"});
  CHECK(close(values_of(padded, "probabilities"), values_of(trace_of({chapter}), "probabilities"),
              1e-13));
  CHECK(has_step(padded, "source.mask"));
  CHECK(!has_step(trace_of({chapter}), "source.mask"));
}

TEST_CASE("transformer-decoder: the text folds what repeats, and --steps shows it",
          "[transformer-decoder][chapter][text]") {
  const Ran ran = run_attn({chapter});
  CHECK(ran.status == 0);
  CHECK(ran.err.empty());
  for (const std::string part :
       {"The Transformer: decoding", "arXiv:1706.03762v7", "−∞", "Word 4: </s>", "Given 你.",
        "not shown: layer1.key_value_cache.k"}) {
    CAPTURE(part);
    CHECK(contains(ran.out, part));
  }
  CHECK(contains(run_attn({chapter, "--steps", "t2"}).out,
                 "t2.layer1.key_value_cache.k (t2=2, dm=4)"));
  CHECK(std::count(ran.out.begin(), ran.out.end(), '\n') < 400);
}

TEST_CASE("transformer-decoder: a model of width 512 is shown by shapes, norms and corners",
          "[transformer-decoder][chapter][text]") {
  const Folder folder;
  const Ran ran =
      run_attn({chapter, folder.file("wide.yaml", transformer_model("512", "heads: 8, limit: 3"))});
  CHECK(ran.status == 0);
  CHECK(contains(ran.out, "memory (Tx=3, dm=512)"));
  CHECK(contains(ran.out, "1536 numbers"));
  CHECK(std::count(ran.out.begin(), ran.out.end(), '\n') < 550);
}
