/// The commands and options that all chapters share.
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/support/program.hpp"

using namespace attn::test;
using nlohmann::json;

namespace {

const std::string root = ATTN_SOURCE_DIR;
const std::string chapter = "scaled-dot-product";

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::vector<std::string> step_ids(const json& trace) {
  std::vector<std::string> ids;
  for (const json& step : trace.at("steps")) ids.push_back(step.at("id"));
  return ids;
}

}  // namespace

TEST_CASE("attn: without arguments it says what to type first", "[cli]") {
  const Ran ran = run_attn({});
  CHECK(ran.status == 0);
  CHECK(contains(ran.out, "attn nadaraya-watson"));
}

TEST_CASE("attn: list names the chapters in reading order", "[cli]") {
  const Ran ran = run_attn({"list", "--names"});
  CHECK(ran.status == 0);
  CHECK(ran.out ==
        "nadaraya-watson\nscoring\nseq2seq\nbahdanau\nglobal-local\nsoft-hard\n"
        "scaled-dot-product\nself-attention\npositional-encoding\nmulti-head\ntransformer-encoder\n"
        "transformer-decoder\n");
  CHECK(contains(run_attn({"list"}).out, "1  nadaraya-watson"));
}

TEST_CASE("attn: a misspelt word is answered with the nearest", "[cli][errors]") {
  const auto error = [](const std::vector<std::string>& args) {
    const Ran ran = run_attn(args);
    CHECK(ran.status == 2);
    CHECK(ran.out.empty());
    return ran.err;
  };
  CHECK(contains(error({"scaled-dot-prodct"}), "did you mean \"scaled-dot-product\"?"));
  CHECK(contains(error({"scaled"}), "did you mean \"scaled-dot-product\"?"));
  CHECK(contains(error({"chek"}), "did you mean \"check\"?"));
  CHECK(contains(error({chapter, "--gradient"}), "did you mean \"--gradients\"?"));
  CHECK(contains(error({chapter, "--steps", "score"}), "did you mean \"scores\"?"));
  CHECK(contains(error({chapter, "--steps", "99"}), "expected 1 to"));
  CHECK(contains(error({chapter, "--steps", "4-2"}), "backwards"));
  CHECK(contains(error({chapter, "--steps", ","}), "expected ids or numbers"));
  CHECK(contains(error({chapter, "--steps", "4-"}), "two ends"));
  CHECK(contains(error({chapter, "--steps", "d_keys"}), "--gradients"));
  CHECK(contains(error({chapter, "--format", "xml"}), "--format"));
  CHECK(contains(error({chapter, "--precision", "-1"}), "--precision"));
  CHECK(contains(error({chapter, "--color", "sometimes"}), "--color"));
  CHECK(contains(error({chapter, "--set", "options.scale"}), "expected PATH=VALUE"));
  CHECK(contains(error({chapter, "--set", "options.scal=1"}), "options.scale"));
  CHECK(contains(error({chapter, "a.yaml", "b.yaml"}), "b.yaml"));
  CHECK(contains(error({"check"}), "required"));
  CHECK(contains(error({"diff", "a.json"}), "required"));
}

TEST_CASE("attn: --steps takes numbers, ids and ranges of both", "[cli]") {
  const auto steps = [](const std::string& list) {
    return step_ids(trace_of({chapter, "--steps", list}));
  };
  using Ids = std::vector<std::string>;
  CHECK(steps("4") == Ids{"scores"});
  CHECK(steps("4-6") == Ids{"scores", "scaled", "masked"});
  CHECK(steps("weights, scores") == Ids{"scores", "weights"});
  CHECK(steps("scores..weights") == Ids{"scores", "scaled", "masked", "weights"});
  CHECK(steps("1,scores..5") == Ids{"inputs", "scores", "scaled"});
}

TEST_CASE("attn: a step keeps its number when it is shown alone", "[cli]") {
  CHECK(contains(run_attn({chapter, "--steps", "weights"}).out, "7 · "));
}

TEST_CASE("attn: --out writes what standard output would have shown", "[cli]") {
  const Folder folder;
  const std::string file = folder.path() / "trace.json";
  const Ran ran = run_attn({chapter, "--format", "json", "--out", file});
  CHECK(ran.status == 0);
  CHECK(ran.out.empty());
  CHECK(read_file(file) == run_attn({chapter, "--format", "json"}).out);
}

TEST_CASE("attn: an --out that cannot be written is refused, and what was there stays",
          "[cli][errors]") {
  const Folder folder;
  const std::string text = folder.file("kept.txt", "mine");
  for (const std::string& out :
       {folder.path().string(), text + "/below", std::string("/no/such/x")}) {
    CAPTURE(out);
    const Ran ran = run_attn({chapter, "--out", out});
    CHECK(ran.status == 2);
    CHECK(contains(ran.err, out));
  }
  CHECK(run_attn({chapter, "--set", "options.scale=wide", "--out", text}).status == 2);
  CHECK(read_file(text) == "mine");
}

TEST_CASE("attn: the config that is read is never written over", "[cli][errors]") {
  const Folder folder;
  const std::string config = folder.file("mine.yaml", run_attn({chapter, "--show-config"}).out);
  const Ran ran = run_attn({chapter, config, "--out", config});
  CHECK(ran.status == 2);
  CHECK(contains(ran.err, "is the config itself"));
  CHECK(read_file(config) == run_attn({chapter, "--show-config"}).out);
}

TEST_CASE("attn: an empty word is no file and no list", "[cli][errors]") {
  using Words = std::vector<std::string>;
  for (const Words& words :
       {Words{""}, Words{"--out", ""}, Words{"--npy", ""}, Words{"--steps", ""}}) {
    Words args{chapter};
    args.insert(args.end(), words.begin(), words.end());
    const Ran ran = run_attn(args);
    CHECK(ran.status == 2);
    CHECK(contains(ran.err, "empty"));
  }
}

TEST_CASE("attn: a pipe that nobody reads is refused, not waited for", "[cli][errors]") {
  const Folder folder;
  const Ran ran = shell("mkfifo pipe && attn scaled-dot-product --out pipe", folder.path());
  CHECK(ran.status == 2);
  CHECK(contains(ran.err, "nobody reads"));
}

TEST_CASE("attn: arithmetic that overflows is an error, never a wrong number", "[cli][errors]") {
  const auto error = [](std::vector<std::string> sets) {
    std::vector<std::string> args{chapter, "--gradients"};
    for (const char* common :
         {"tokens.queries=[q]", "tokens.keys=[a, b]", "inputs.values=[[1], [2]]"}) {
      args.insert(args.end(), {"--set", common});
    }
    for (const std::string& set : sets) args.insert(args.end(), {"--set", set});
    const Ran ran = run_attn(args);
    CHECK(ran.status == 2);
    CHECK(ran.out.empty());
    return ran.err;
  };
  // To +inf, to -inf (which would look like a mask), in the scale, and on the way back.
  CHECK(contains(error({"inputs.queries=[[1e200]]", "inputs.keys=[[1e200], [1]]"}), "scores"));
  CHECK(
      contains(error({"inputs.queries=[[1e200]]", "inputs.keys=[[-1e200], [-1e200]]"}), "scores"));
  CHECK(contains(error({"inputs.queries=[[9]]", "inputs.keys=[[9], [1]]", "options.scale=1e308"}),
                 "scaled"));
  CHECK(contains(error({"inputs.queries=[[1]]", "inputs.keys=[[1], [2]]",
                        "inputs.values=[[1e10], [2]]", "inputs.d_context=[[1e308]]"}),
                 "d_weights"));
}

TEST_CASE("attn: control signs that were typed do not reach the terminal", "[cli][errors]") {
  const std::string err = run_attn({"\x1b[31mred"}).err;
  CHECK_FALSE(contains(err, "\x1b"));
  CHECK(contains(err, "\\x1B[31mred"));
}

TEST_CASE("attn: --npy writes every tensor, and a config can read it back", "[cli]") {
  const Folder folder;
  const std::string tensors = folder.path() / "tensors";
  CHECK(run_attn({chapter, "--npy", tensors}).status == 0);
  for (const std::string name : {"queries", "keys", "scores", "weights", "context"}) {
    CHECK(std::filesystem::exists(tensors + "/" + name + ".npy"));
  }
  const std::string queries = "inputs.queries={file: " + tensors + "/context.npy}";
  const std::string keys = "inputs.keys={file: " + tensors + "/values.npy}";
  const json trace = trace_of({chapter, "--set", queries, "--set", keys});
  CHECK(values_of(trace, "queries") == values_of(trace_of({chapter}), "context"));
}

TEST_CASE("attn: colour is for terminals, or for whoever asks", "[cli]") {
  const std::string escape = "\x1b[";
  CHECK_FALSE(contains(run_attn({chapter}).out, escape));
  CHECK_FALSE(contains(run_attn({chapter, "--color", "never"}).out, escape));
  CHECK(contains(run_attn({chapter, "--color", "always"}).out, escape));
  const Folder folder;
  const Ran no_color = shell("NO_COLOR=1 attn scaled-dot-product --color auto", folder.path());
  CHECK_FALSE(contains(no_color.out, escape));
}

TEST_CASE("attn: COLUMNS sets the width where there is no terminal", "[cli]") {
  const Folder folder;
  const auto widest = [&](const std::string& columns) {
    std::istringstream text(shell("COLUMNS=" + columns + " attn scoring", folder.path()).out);
    std::size_t most = 0;
    for (std::string line; std::getline(text, line);) {
      std::size_t columns_of_line = 0;
      for (const char c : line) columns_of_line += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
      most = std::max(most, columns_of_line);
    }
    return most;
  };
  CHECK(widest("60") <= 60);
  CHECK(widest("120") > 80);
  CHECK(widest("not-a-number") <= 80);
}

TEST_CASE("attn: a reader that leaves early is no error", "[cli]") {
  const Folder folder;
  const Ran ran = shell("{ sleep 0.1; attn nadaraya-watson; echo $? >&2; } | true", folder.path());
  CHECK(ran.err == "0\n");
}

TEST_CASE("attn: a full disk is said, and is our status 1", "[cli][errors]") {
  const Folder folder;
  const Ran ran = shell("attn scaled-dot-product >/dev/full", folder.path());
  CHECK(ran.status == 1);
  CHECK(contains(ran.err, "standard output"));
}

TEST_CASE("attn: the default config that --show-config prints gives the default run", "[cli]") {
  const Folder folder;
  for (const std::string name : {"nadaraya-watson", "scoring", "seq2seq", "scaled-dot-product"}) {
    CAPTURE(name);
    const Ran shown = run_attn({name, "--show-config"});
    CHECK(shown.out == read_file(root + "/configs/" + name + ".yaml"));
    const std::string file = folder.file("mine.yaml", shown.out);
    CHECK(run_attn({name, file}).out == run_attn({name}).out);
  }
}
