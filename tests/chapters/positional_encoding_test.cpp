/// The chapter positional-encoding, run as a person runs it.
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "tests/support/chapter.hpp"
#include "tests/support/close.hpp"
#include "tests/support/program.hpp"

using namespace attn;
using namespace attn::test;
using nlohmann::json;

namespace {

const std::string chapter = "positional-encoding";

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::vector<std::string> with_set(const std::vector<std::string>& assignments) {
  std::vector<std::string> args{chapter};
  for (const std::string& assignment : assignments) args.insert(args.end(), {"--set", assignment});
  return args;
}

/// What the program says of the default with these changes, which it must refuse.
std::string refused(const std::vector<std::string>& assignments) {
  const Ran ran = run_attn(with_set(assignments));
  CHECK(ran.status == 2);
  CHECK(ran.out.empty());
  return ran.err;
}

/// What it says of a whole config.
std::string refused_config(const std::string& yaml) {
  const Folder folder;
  const Ran ran =
      run_attn({chapter, folder.file("c.yaml", "chapter: positional-encoding\n" + yaml)});
  CHECK(ran.status == 2);
  CHECK(ran.out.empty());
  return ran.err;
}

}  // namespace

TEST_CASE("positional-encoding: every tensor is what NumPy and PyTorch make of the same config",
          "[positional-encoding][chapter][reference]") {
  check_whole_runs(chapter, "positional_encoding");
}

TEST_CASE("positional-encoding: the default walks from the frequencies to what positions change",
          "[positional-encoding][chapter][law]") {
  CHECK(ids_of(trace_of({chapter, "--gradients"})) ==
        std::vector<std::string>{"frequencies", "angles", "encoding", "map", "R", "moved",
                                 "shifted", "similarity", "by_distance", "embedded", "without",
                                 "with", "d_context", "d_embedded"});
  std::vector<std::string> learned = with_set({"options.positions=learned"});
  learned.emplace_back("--gradients");
  CHECK(ids_of(trace_of(learned)) ==
        std::vector<std::string>{"encoding", "similarity", "by_distance", "embedded", "without",
                                 "with", "d_context", "d_embedded", "d_P"});
}

TEST_CASE("positional-encoding: order makes a difference with positions, and none without",
          "[positional-encoding][chapter][law]") {
  for (const char* positions : {"options.positions=sinusoidal", "options.positions=learned"}) {
    const json trace = trace_of(with_set({positions}));
    CHECK(values_of(trace, "without.difference").front() < 1e-14);
    CHECK(values_of(trace, "with.difference").front() > 0.1);
  }
}

TEST_CASE("positional-encoding: the shift is right for every k, and its difference is rounding",
          "[positional-encoding][chapter][law]") {
  for (const char* k : {"0", "1", "-4", "1000"}) {
    const json trace = trace_of(with_set({std::string("options.shift=") + k}));
    CHECK(values_of(trace, "shift_difference").front() < 1e-12);
  }
  // Of an angle of 8000 fewer digits are left; that is rounding all the same.
  std::vector<std::string> far = with_set({"options.shift=4096", "options.T=4000"});
  far.insert(far.end(), {"--steps", "shifted"});
  CHECK(!contains(run_attn(far).out, "not the same"));
}

TEST_CASE("positional-encoding: the map is drawn in shades, the table with its numbers",
          "[positional-encoding][chapter][text]") {
  const Ran ran = run_attn({chapter});
  CHECK(ran.status == 0);
  CHECK(ran.err.empty());
  for (const std::string part :
       {"0.8415 ██", "-0.4161 ▒▒", "░ from -0.9, ▒ from -0.5, ▓ from 0, █ from 0.5", "[0] ▓█▓█▓█▓█",
        "R_k PE(p)", "man", "they are not the same: the largest difference is 1.5"}) {
    CAPTURE(part);
    CHECK(contains(ran.out, part));
  }
  CHECK(!contains(run_attn({chapter, "--color", "always"}).out, "▓"));
}

TEST_CASE("positional-encoding: long tables have a picture of the similarity",
          "[positional-encoding][chapter][text]") {
  CHECK(contains(run_attn(with_set({"options.T=30"})).out, "similarity by distance"));
}

TEST_CASE("positional-encoding: an odd width is refused where it stands",
          "[positional-encoding][chapter][errors]") {
  const std::string odd = "expected an even number: sines and cosines come in pairs";
  CHECK(contains(refused_config("inputs: {X: [[1, 2, 3]]}\n"), "c.yaml:2:"));
  CHECK(contains(refused_config("inputs: {X: [[1, 2, 3]]}\n"), "inputs.X: found width 3, " + odd));
  CHECK(contains(refused_config("options: {T: 4, dm: 5}\n"), "options.dm: found width 5, " + odd));
  CHECK(contains(refused({"study.map_width=7"}), "study.map_width: found width 7, " + odd));
  const Folder folder;  // a learned table may have any width
  CHECK(run_attn({chapter, folder.file("c.yaml",
                                       "{chapter: positional-encoding, parameters: {P: "
                                       "[[1, 2, 3]]}, options: {positions: learned}}")})
            .status == 0);
}

TEST_CASE("positional-encoding: positions beyond the learned table are refused",
          "[positional-encoding][chapter][errors]") {
  CHECK(contains(refused({"options.positions=learned", "options.T=8"}),
                 "options.T: position 7 is beyond the learned table, whose last position is 5 "
                 "(parameters.P has 6 rows, and positions count from 0)"));
  CHECK(contains(refused_config("inputs: {X: [[1], [2], [3]]}\nparameters: {P: [[1], [2]]}\n"
                                "options: {positions: learned}\n"),
                 "inputs.X: position 2 is beyond the learned table, whose last position is 1"));
  CHECK(contains(refused_config("options: {positions: learned, T: 3}\n"),
                 "parameters.P: not given, and expected since options.positions is learned"));
}

TEST_CASE("positional-encoding: sizes that do not go together are refused",
          "[positional-encoding][chapter][errors]") {
  CHECK(contains(refused({"options.T=2"}), "options.T: found 2, expected at least 3"));
  CHECK(contains(refused({"options.T=5000"}), "options.T"));
  CHECK(contains(refused({"options.dm=6"}),
                 "options.dm: found 6, expected 4, the width of inputs.X"));
  CHECK(contains(refused({"options.base=0"}), "options.base"));
  CHECK(contains(refused({"options.layout=half"}), "halves"));
  CHECK(contains(refused({"study.permutation=[0, 0, 1]"}), "row 0 comes twice"));
  CHECK(contains(refused({"inputs.d_context=[[1], [2], [3]]"}),
                 "inputs.d_context: found width 1, expected 4, that of the context"));
  CHECK(contains(refused({"parameters.W_q=[[1], [2], [3], [4]]"}),
                 "parameters.W_q: found, and expected W_q, W_k and W_v beside it"));
  CHECK(contains(refused_config("options: {T: 4}\n"), "options.dm: not given, and expected"));
  CHECK(contains(refused_config("options: {dm: 4}\n"), "options.T: not given, and expected"));
  CHECK(contains(refused_config("inputs: {mask: [[1]]}\noptions: {T: 1, dm: 4}\n"),
                 "inputs.mask: found, and there are no words"));
  CHECK(contains(refused_config("options: {T: 1, dm: 4}\nstudy: {map_width: 3}\n"),
                 "study.map_width: found width 3, expected an even number"));
}
