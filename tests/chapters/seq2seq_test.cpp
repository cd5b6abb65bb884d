/// The chapter seq2seq, run as a person runs it.
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "tests/support/chapter.hpp"
#include "tests/support/close.hpp"
#include "tests/support/program.hpp"

using namespace attn;
using namespace attn::test;
using nlohmann::json;

namespace {

const std::string chapter = "seq2seq";

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// The labels of the first axis of a tensor.
std::vector<std::string> labels_of(const json& trace, const std::string& name) {
  for (const json& step : trace.at("steps")) {
    for (const json& tensor : step.at("tensors")) {
      if (tensor.at("name") == name) return tensor.at("labels").at(0);
    }
  }
  return {};
}

bool has_step(const json& trace, const std::string& id) {
  for (const json& step : trace.at("steps")) {
    if (step.at("id") == id) return true;
  }
  return false;
}

std::vector<std::string> said(const std::vector<std::string>& options) {
  std::vector<std::string> arguments{chapter};
  arguments.insert(arguments.end(), options.begin(), options.end());
  return labels_of(trace_of(arguments), "said");
}

/// What the program says of the default config with one thing changed.
std::string error(const std::vector<std::string>& settings) {
  return refused_with(chapter, settings);
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("seq2seq: every tensor and every gradient is what PyTorch makes of the same config",
          "[seq2seq][chapter][reference]") {
  for (const Fixture& example : Fixture("seq2seq")["cases"].items()) {
    CAPTURE(example["name"].text());
    const Folder folder;
    const std::string config = folder.file("case.yaml", example["config"].text());
    const json trace = trace_of({chapter, config, "--gradients"});
    for (const std::string& name : example["expected"].keys()) {
      CAPTURE(name);
      CHECK(close(values_of(trace, name), example["expected"][name]["data"].numbers(), 1e-12));
    }
    Words words;
    for (const Fixture& word : example["said"].items()) words.push_back(word.text());
    if (!contains(example["config"].text(), "teacher_forcing")) {
      CHECK(labels_of(trace, "said") == words);
    }
  }
}

TEST_CASE("seq2seq: the default translates what it has learned, and stops",
          "[seq2seq][chapter][law]") {
  CHECK(said({}) == Words{"我", "爱", "你", "</s>"});
  CHECK(said({"--set", "tokens.source=[you, see, I]"}) == Words{"你", "看", "我", "</s>"});
  CHECK(said({"--set", "options.limit=2"}) == Words{"我", "爱"});
}

TEST_CASE("seq2seq: a teacher's words go in, whatever was said", "[seq2seq][chapter][law]") {
  const json trace = trace_of(
      {chapter, "--set", "options.decoding=teacher_forcing", "--set", "tokens.target=[看, 看]"});
  CHECK(values_of(trace, "losses").size() == 3);  // stop is the last
  // Row 5 of E is 看, row 0 is start.
  CHECK(values_of(trace, "t2.embedded") == values_of(trace, "t3.embedded"));
  CHECK(values_of(trace, "t2.embedded") == std::vector<double>{0.6, 0.3});
  CHECK_FALSE(has_step(trace, "t4.output"));
}

TEST_CASE("seq2seq: without C the context is in no step, and without W_s it is the first state",
          "[seq2seq][chapter][law]") {
  const json trace =
      trace_of({chapter, std::string(ATTN_SOURCE_DIR) + "/configs/examples/seq2seq-lstm.yaml"});
  CHECK(values_of(trace, "s_0") == values_of(trace, "context"));
  CHECK_FALSE(contains(trace.dump(), "t1.input\", \"shape"));
  CHECK(values_of(trace, "bottleneck").at(1) == 8.0);  // h and c, of width 4 each
}

TEST_CASE("seq2seq: as many numbers get through however long the sentence is",
          "[seq2seq][chapter][law]") {
  const std::vector<double> table = values_of(trace_of({chapter}), "bottleneck");
  REQUIRE(table.size() == 12);
  CHECK(std::vector<double>(table.begin(), table.begin() + 2) == std::vector<double>{6.0, 2.0});
  CHECK(close(table.at(2), 1.0 / 3.0, 1e-15));
  CHECK(table.at(9) == 120.0);
  CHECK(table.at(10) == 2.0);
}

TEST_CASE("seq2seq: the text shows words, gates and what was said", "[seq2seq][chapter][text]") {
  const Ran ran = run_attn({chapter});
  CHECK(ran.status == 0);
  CHECK(ran.err.empty());
  for (const std::string part :
       {"Sequence to sequence", "\"I love you\" became \"我 爱 你\"", "Step 2: \"爱\"",
        "All that the decoder will know", "encoder.h (Tx=3, dh=2)", "t1.h (ds=3)"}) {
    CAPTURE(part);
    CHECK(contains(ran.out, part));
  }
}

TEST_CASE("seq2seq: words that nobody knows", "[seq2seq][chapter][errors]") {
  CHECK(contains(error({"tokens.source=[I, lvoe, you]"}),
                 "tokens.source: \"lvoe\" is not in tokens.source_vocabulary; did you mean "
                 "\"love\"?"));
  CHECK(contains(error({"tokens.source=[]"}), "tokens.source: found an empty list"));
  CHECK(contains(error({"tokens.stop=END"}),
                 "tokens.stop: \"END\" is not in tokens.target_vocabulary"));
  CHECK(contains(error({"tokens.target_vocabulary=[<s>, stop, 我, 你, 爱, 看]"}),
                 "tokens.stop: \"</s>\" is not in tokens.target_vocabulary"));
  CHECK(contains(error({"tokens.source_vocabulary=[I, you, love, I]"}), "\"I\" is named twice"));
  CHECK(contains(error({"tokens.source_vocabulary=[I, you, love]"}),
                 "found 3 texts, expected 4, one for each entry of axis Vx"));
}

TEST_CASE("seq2seq: shapes that disagree are named, both", "[seq2seq][chapter][errors]") {
  const std::string widths = error({"parameters.bridge.W_s=[[1, 2, 3], [1, 2, 3], [1, 2, 3]]"});
  CHECK(contains(widths, "parameters.bridge.W_s"));
  CHECK(contains(widths, "parameters.encoder"));
  const std::string states = error({"parameters.output.W_o={fill: 1, shape: [6, 4]}"});
  CHECK(contains(states, "parameters.output.W_o"));
  CHECK(contains(states, "ds"));

  const Folder folder;
  const std::string config = folder.file("case.yaml", R"(chapter: seq2seq
tokens: {source: [a], source_vocabulary: [a], target_vocabulary: [<s>, </s>]}
parameters:
  encoder: {E: [[1]], W: [[1], [2]], U: [[1, 2], [3, 4]]}
  decoder: {E: [[1], [2]], W: [[1]], U: [[1]]}
  output: {W_o: [[1], [2]]}
)");
  const Ran ran = run_attn({chapter, config});
  CHECK(ran.status == 2);
  CHECK(contains(ran.err,
                 "its states have width 1 (parameters.decoder.U), and the encoder's 2 "
                 "(parameters.encoder.U)"));
}

TEST_CASE("seq2seq: what a cell needs, and what it does not have", "[seq2seq][chapter][errors]") {
  CHECK(contains(error({"options.cell=gru"}),
                 "options.cell: the cell gru needs parameters.encoder.W_z: GRU, update gate"));
  CHECK(contains(error({"parameters.encoder.W_i=[[1, 2], [3, 4]]"}),
                 "parameters.encoder.W_i: belongs to a cell of kind lstm, but options.cell is "
                 "rnn"));
  CHECK(contains(error({"options.cell=lsmt"}), "did you mean lstm?"));
}

TEST_CASE("seq2seq: how long it may go on", "[seq2seq][chapter][errors]") {
  CHECK(contains(error({"options.limit=0"}),
                 "options.limit: found 0, expected a whole number from 1 to 1000"));
  const Folder folder;
  const std::string config = folder.file("case.yaml", R"(chapter: seq2seq
tokens: {source: [a], source_vocabulary: [a], target_vocabulary: [<s>, </s>]}
parameters:
  encoder: {E: [[1]], W: [[1]], U: [[1]]}
  decoder: {E: [[1], [2]], W: [[1]], U: [[1]]}
  output: {W_o: [[1], [2]]}
options: {decoding: teacher_forcing}
)");
  const Ran ran = run_attn({chapter, config});
  CHECK(ran.status == 2);
  CHECK(contains(ran.err,
                 "case.yaml:7:21: options.decoding: teacher_forcing needs the words to force: give "
                 "tokens.target"));
}
