/// What the chapter transformer-decoder says of configs that are wrong.
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "tests/support/chapter.hpp"
#include "tests/support/program.hpp"
#include "tests/support/transformer_model.hpp"

using namespace attn;
using namespace attn::test;

namespace {

const std::string chapter = "transformer-decoder";

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string error(const std::vector<std::string>& assignments) {
  return refused_with(chapter, assignments);
}

/// What it says of the model with these options, in a file of that name, which must be refused.
std::string error_in_model(const std::string& dm, const std::string& options) {
  const Folder folder;
  const Ran ran = run_attn({chapter, folder.file("model.yaml", transformer_model(dm, options))});
  CHECK(ran.status == 2);
  CHECK(ran.out.empty());
  return ran.err;
}

}  // namespace

TEST_CASE("transformer-decoder: heads, widths and positions that do not fit are refused",
          "[transformer-decoder][chapter][errors]") {
  CHECK(contains(error({"options.heads=3"}),
                 "--set options.heads:1:1: options.heads: 3 heads cannot share a width of dm "
                 "= 4; expected one of 1, 2, 4"));
  CHECK(contains(error_in_model("3", "heads: 1, positions: sinusoidal"),
                 "model.yaml:28:32: options.positions: sinusoids come in pairs, a sine and a "
                 "cosine, and dm = 3 is odd"));
  CHECK(contains(error({"parameters.decoder.W_q_cross=[[[1, 2], [3, 4]]]"}),
                 "parameters.decoder.W_q_cross has width 2 (axis dm), but parameters.source.E (the "
                 "built-in transformer-decoder.yaml:"));
  CHECK(contains(error({"parameters.source.P=[[1, 2, 3, 4]]"}),
                 "parameters.source.P: is given, but options.positions is sinusoidal"));
  CHECK(contains(error({"options.positions=learned"}),
                 "options.positions: is learned, and there is no parameters.source.P"));
}

TEST_CASE("transformer-decoder: tables of positions that end too early are refused",
          "[transformer-decoder][chapter][errors]") {
  const std::string three = "=[[1, 2, 3, 4], [1, 2, 3, 4], [1, 2, 3, 4]]";
  const std::string learned = "options.positions=learned";
  const std::string one = error({learned, "parameters.source.P=[[1, 2, 3, 4]]"});
  CHECK(contains(one, "the built-in transformer-decoder.yaml:"));
  CHECK(contains(one,
                 "tokens.source: there are 3 positions, and parameters.source.P has rows for "
                 "1; expected a longer table, or fewer words"));
  const std::vector<std::string> short_target{learned, "parameters.source.P" + three,
                                              "parameters.target.P" + three};
  const auto with_option = [&](const std::string& option) {
    std::vector<std::string> all = short_target;
    all.push_back(option);
    return error(all);
  };
  CHECK(contains(error(short_target),
                 "options.limit: there are 8 positions, and parameters.target.P has rows for 3"));
  CHECK(contains(with_option("options.decoding=teacher_forcing"),
                 "tokens.target: there are 4 positions, and parameters.target.P has rows for 3"));
  CHECK(contains(with_option("options.limit=2"),
                 "tokens.target: there are 4 positions, and parameters.target.P has rows for 3"));
}

TEST_CASE("transformer-decoder: vocabularies, tables and words that disagree are refused",
          "[transformer-decoder][chapter][errors]") {
  CHECK(contains(error({"tokens.source=[I, lvoe]"}),
                 "--set tokens.source:1:5: tokens.source: \"lvoe\" is not in "
                 "tokens.source_vocabulary; did you mean \"love\"?"));
  CHECK(contains(error({"tokens.target=[我, x]"}), "\"x\" is not in tokens.target_vocabulary"));
  CHECK(contains(error({"tokens.start=x"}),
                 "tokens.start: \"x\" is not in tokens.target_vocabulary"));
  CHECK(contains(error({"tokens.stop=\"</x>\""}), "did you mean \"</s>\"?"));
  CHECK(contains(error({"tokens.source_vocabulary=[I, love, you]"}),
                 "tokens.source_vocabulary: found 3 texts, expected 4"));
  CHECK(contains(error({"tokens.target_vocabulary=[<s>, </s>, 我, 爱, 你, x]"}),
                 "tokens.target_vocabulary: found 6 texts, expected 5"));
  CHECK(contains(error({"parameters.output.W=[[1, 2], [1, 0], [1, 0], [1, 0]]"}),
                 "parameters.output.W has 2 columns (axis Vy), but parameters.target.E"));
  CHECK(contains(error({"parameters.output.b=[1, 2]"}),
                 "parameters.output.b has 2 entries (axis Vy), but parameters.target.E"));
  CHECK(contains(error({"tokens.source=[]"}), "tokens.source: found an empty list"));
  CHECK(contains(error({"tokens.target=[]"}), "tokens.target: found an empty list"));
}

TEST_CASE("transformer-decoder: options that make no sense are refused",
          "[transformer-decoder][chapter][errors]") {
  CHECK(contains(error({"options.beam_width=0"}),
                 "options.beam_width: found 0, expected a whole number from 1 to 1000"));
  CHECK(contains(error({"options.limit=0"}), "options.limit: found 0"));
  CHECK(contains(error({"options.length_penalty=-1"}),
                 "options.length_penalty: found -1, expected a number from 0 to 10"));
  CHECK(contains(error({"options.source_length=4"}),
                 "options.source_length: found 4, but there are 3 source words"));
  CHECK(contains(error({"options.source_length=0"}), "options.source_length: found 0"));
  CHECK(contains(error_in_model("4", "decoding: teacher_forcing"),
                 "model.yaml:28:21: options.decoding: teacher_forcing needs the words to force: "
                 "give tokens.target"));
  CHECK(contains(error({"parameters.encoder.gamma_final=[1, 1, 1, 1]"}),
                 "parameters.encoder.gamma_final: is given, but there is no such norm; expected "
                 "options.final_norm: true"));
  CHECK(contains(error({"parameters.decoder.beta_final=[1, 1, 1, 1]"}),
                 "parameters.decoder.beta_final: is given, but there is no such norm"));
  CHECK(contains(error({"parameters.target.E=[[1, .nan, 0, 0]]"}),
                 "--set parameters.target.E:1:6: parameters.target.E: found .nan, expected a "
                 "finite number"));
}

TEST_CASE("transformer-decoder: a run that would exhaust memory is refused",
          "[transformer-decoder][chapter][errors]") {
  CHECK(contains(error_in_model("512", "heads: 8, decoding: beam, beam_width: 1000, limit: 1000"),
                 "options.limit: the run would keep"));
}
