/// The chapter bahdanau, run as a person runs it.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "tests/support/chapter.hpp"
#include "tests/support/close.hpp"
#include "tests/support/program.hpp"

using namespace attn;
using namespace attn::test;
using nlohmann::json;

namespace {

const std::string chapter = "bahdanau";

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

json tensor_of(const json& trace, const std::string& name) {
  for (const json& step : trace.at("steps")) {
    for (const json& tensor : step.at("tensors")) {
      if (tensor.at("name") == name) return tensor;
    }
  }
  return nullptr;
}

/// How many were computed: all but the parameters, which the config gave.
std::size_t tensors_in(const json& trace) {
  std::size_t count = 0;
  for (const json& step : trace.at("steps")) {
    if (step.at("id") != "parameters") count += step.at("tensors").size();
  }
  return count;
}

/// The words with which the alignment's rows are labelled.
std::vector<std::string> words_of(const json& trace) {
  return tensor_of(trace, "alignment").at("labels").at(0).get<std::vector<std::string>>();
}

std::string fault(const std::vector<std::string>& args) {
  const Ran ran = run_attn(args);
  CHECK(ran.status == 2);
  CHECK(ran.out.empty());
  return ran.err;
}

std::string fault_with(const std::string& assignment) {
  return fault({chapter, "--set", assignment});
}

}  // namespace

TEST_CASE("bahdanau: every tensor is what PyTorch makes of the same config",
          "[bahdanau][chapter][reference]") {
  for (const Fixture& example : Fixture("bahdanau")["cases"].items()) {
    CAPTURE(example["name"].text());
    const Folder folder;
    const json trace =
        trace_of({chapter, folder.file("case.yaml", example["config"].text()), "--gradients"});
    CHECK(tensors_in(trace) == example["count"].integer());
    const Fixture all = example["expected"];
    for (const std::string& name : all.keys()) {
      CAPTURE(name);
      const Fixture expected = all[name];
      const json tensor = tensor_of(trace, name);
      REQUIRE_FALSE(tensor.is_null());
      const bool scalar = !expected.has("data");
      if (!scalar) {
        CHECK(tensor.at("shape").get<std::vector<std::uint64_t>>() == expected["shape"].integers());
      }
      CHECK(close(values_of(trace, name),
                  scalar ? std::vector{expected.number()} : expected["data"].numbers(), 1e-12));
    }
  }
}

TEST_CASE("bahdanau: greedy decoding says the words that PyTorch says",
          "[bahdanau][chapter][reference]") {
  std::size_t greedy = 0;
  for (const Fixture& example : Fixture("bahdanau")["cases"].items()) {
    CAPTURE(example["name"].text());
    if (json::parse(example["config"].text()).at("options").at("decoding") != "greedy") continue;
    ++greedy;
    const Folder folder;
    const json trace = trace_of({chapter, folder.file("case.yaml", example["config"].text())});
    std::vector<std::string> said;
    for (const Fixture& word : example["said"].items()) said.push_back(word.text());
    CHECK(words_of(trace) == said);
  }
  CHECK(greedy == 2);
}

TEST_CASE("bahdanau: the default translates, and looks where the words are",
          "[bahdanau][chapter][law]") {
  const json trace = trace_of({chapter});
  CHECK(ids_of(trace) ==
        std::vector<std::string>{"parameters", "words", "encoder.forward", "encoder.backward",
                                 "annotations", "start", "t1.scores", "t1.weights", "t1.context",
                                 "t1.state", "t1.output", "t2", "t3", "t4", "alignment"});
  CHECK(words_of(trace) == std::vector<std::string>{"我", "爱", "你", "</s>"});
  const json alignment = tensor_of(trace, "alignment");
  CHECK(alignment.at("labels").at(1) == json({"I", "love", "you"}));
  CHECK(alignment.at("kind") == "weight");
  for (std::size_t i = 0; i < 3; ++i) CHECK(alignment.at("values").at(i).at(i) > 0.8);
}

TEST_CASE("bahdanau: the default's weights translate other sentences too",
          "[bahdanau][chapter][law]") {
  const auto said = [](const std::string& source) {
    return words_of(trace_of({chapter, "--set", "tokens.source=" + source}));
  };
  CHECK(said("[you, love, me]") == std::vector<std::string>{"你", "爱", "我", "</s>"});
  CHECK(said("[love, you]") == std::vector<std::string>{"爱", "你", "</s>"});
  CHECK(said("[I]") == std::vector<std::string>{"我", "</s>"});
}

TEST_CASE("bahdanau: the large example's alignment runs backward where French does",
          "[bahdanau][chapter][law]") {
  const json trace =
      trace_of({chapter, ATTN_SOURCE_DIR "/configs/examples/bahdanau-european-economic-area.yaml"});
  const json alignment = tensor_of(trace, "alignment");
  const std::vector<std::string> source =
      alignment.at("labels").at(1).get<std::vector<std::string>>();
  const std::vector<std::string> target = words_of(trace);
  CHECK(target.back() == "</s>");
  const auto looked_at = [&](const std::string& word) {
    const auto row = std::find(target.begin(), target.end(), word) - target.begin();
    const auto weights =
        alignment.at("values").at(static_cast<std::size_t>(row)).get<std::vector<double>>();
    return source[static_cast<std::size_t>(std::max_element(weights.begin(), weights.end()) -
                                           weights.begin())];
  };
  CHECK(looked_at("accord") == "agreement");
  CHECK(looked_at("zone") == "Area");
  CHECK(looked_at("économique") == "Economic");
  CHECK(looked_at("européenne") == "European");
  CHECK(looked_at("août") == "August");
}

TEST_CASE("bahdanau: under teacher forcing the rows are the target's words, and stop",
          "[bahdanau][chapter][law]") {
  const std::vector<std::string> args{chapter, "--set", "options.decoding=teacher_forcing", "--set",
                                      "tokens.target=[你, 你]"};
  const json trace = trace_of(args);
  CHECK(words_of(trace) == std::vector<std::string>{"你", "你", "</s>"});
  CHECK(ids_of(trace).back() == "loss");
  CHECK(contains(run_attn(args).out, "The target has 你 here"));
}

TEST_CASE("bahdanau: the limit ends what stop does not", "[bahdanau][chapter][law]") {
  CHECK(words_of(trace_of({chapter, "--set", "options.limit=2"})) ==
        std::vector<std::string>{"我", "爱"});
  CHECK(contains(run_attn({chapter, "--set", "options.limit=2"}).out,
                 "The word </s> never came: options.limit ended"));
}

TEST_CASE("bahdanau: faults of a config are named", "[bahdanau][chapter][errors]") {
  CHECK(contains(fault_with("tokens.source=[]"), "tokens.source: found an empty list"));
  CHECK(contains(fault_with("tokens.source=[I, lvoe]"),
                 ":1:5: tokens.source: \"lvoe\" is not in tokens.source_vocabulary; did you mean "
                 "\"love\"?"));
  CHECK(contains(fault_with("tokens.target_vocabulary=[a, </s>, 我, 爱, 你]"),
                 "tokens.start: \"<s>\" is not in tokens.target_vocabulary"));
  CHECK(contains(fault_with("tokens.target_vocabulary=[<s>, a, 我, 爱, 你]"),
                 "tokens.stop: \"</s>\" is not in tokens.target_vocabulary"));
  CHECK(contains(fault_with("options.limit=0"),
                 "options.limit: found 0, expected a whole number from 1 to 1000"));
  CHECK(contains(fault_with("parameters.alignment.U_a=[[1, 2, 3], [1, 2, 3]]"),
                 "parameters.alignment.U_a has 3 columns (axis dh+dh), expected 4: dh = 2 "
                 "(parameters.encoder.forward.W_z"));
  CHECK(contains(fault_with("parameters.decoder.W_s=[[1, 2, 3], [1, 2, 3]]"),
                 "parameters.decoder.W_s has width 3 (axis dh), but "
                 "parameters.encoder.forward.W_z"));
  CHECK(contains(fault_with("parameters.decoder.C=null"), "parameters.decoder.C"));
}

TEST_CASE("bahdanau: a maxout layer has two rows for each column of W_o",
          "[bahdanau][chapter][errors]") {
  CHECK(contains(fault_with("parameters.output.U_o=[[1, 1], [1, 1], [1, 1]]"),
                 "parameters.output.U_o has 3 rows (axis l+l), expected 4: l = 2 "
                 "(parameters.output.W_o"));
  CHECK(contains(fault_with("parameters.output.W_o=[[1], [1], [1], [1], [1]]"),
                 "has 4 rows (axis l+l), expected 2: l = 1 (parameters.output.W_o"));
}

TEST_CASE("bahdanau: teacher forcing without a target is refused", "[bahdanau][chapter][errors]") {
  json config = json::parse(Fixture("bahdanau")["cases"][1]["config"].text());
  config.at("tokens").erase("target");
  const Folder folder;
  CHECK(contains(fault({chapter, folder.file("case.yaml", config.dump())}),
                 "options.decoding: teacher_forcing needs the words to force: give "
                 "tokens.target"));
}

TEST_CASE("bahdanau: a decoding that would exhaust memory is refused",
          "[bahdanau][chapter][errors]") {
  json config = json::parse(Fixture("bahdanau")["cases"][0]["config"].text());
  config.at("options").at("limit") = 1000;
  const std::string word = config.at("tokens").at("source").at(0);
  config.at("tokens").at("source") = std::vector<std::string>(3000, word);
  const Folder folder;
  CHECK(contains(
      fault({chapter, folder.file("case.yaml", config.dump())}),
      "options.limit: 1000 steps of decoding would keep 33116000 numbers, more than the limit"));
}

TEST_CASE("bahdanau: the text shows the five moves and the alignment",
          "[bahdanau][chapter][text]") {
  const Ran ran = run_attn({chapter});
  CHECK(ran.status == 0);
  CHECK(ran.err.empty());
  for (const std::string piece :
       {"Aligning and translating", "arXiv:1409.0473v7", "first move: alignment scores",
        "Second move: the softmax", "Third move: the context", "Fourth move: the next state",
        "The fifth move is to repeat the four.", "\"I love you\" became \"我 爱 你\".",
        "我       0.8378 ██"}) {
    CAPTURE(piece);
    CHECK(contains(ran.out, piece));
  }
}
