/// What bahdanau says about numbers, under random configs.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cmath>

#include "tests/support/claims.hpp"
#include "tests/support/decoding_claims.hpp"
#include "tests/support/fixture.hpp"
#include "tests/support/program.hpp"

using namespace attn::test;

namespace {

std::vector<std::string> source(const Said& said) { return said.labels("embedded", 0); }

bool reset_before(const Said& said) {  // inner = r * h, which has no b_u and no U in it
  const std::vector<double> r = said.values("encoder.forward.r"),
                            inner = said.values("encoder.forward.inner");
  const std::size_t dh = said.shape("encoder.forward.r")[1];
  return std::all_of(inner.begin(), inner.begin() + static_cast<std::ptrdiff_t>(dh),
                     [](double first) { return first == 0.0; });
}

std::vector<Claim> claims() {
  const std::string p = "([-+0-9.e]+)";
  return {
      {"\"(.*)\": each word is a row of the table E, and there are Vx = ([0-9]+) rows\\.",
       [](const Said& said) {
         return said.text(1) == in_one_line(source(said)) &&
                said.number(2) == static_cast<double>(said.shape("parameters.encoder.E")[0]);
       }},
      {"The gate z = sigmoid\\(u\\^z \\+ U_z h\\) says how much of the (candidate|old state) is "
       "taken, and r = sigmoid\\(u\\^r \\+ U_r h\\) how much of the past the candidate sees: inner "
       "= (r \\* h|U h \\+ b_u), past = (U inner \\+ b_u|r \\* inner), candidate = tanh\\(u \\+ "
       "past\\)\\.",
       [](const Said& said) { return said.text(2) != "r * h" || reset_before(said); }},
      {"A GRU makes s_1 of three things: the state s_0, the word before, which is (.*) at the "
       "start, and the context\\.",
       [](const Said& said) { return said.step == "t1.state"; }},
      {"And the output: (.*)",
       [](const Said& said) { return most_likely_word(said, "t1.probabilities") == said.text(1); }},
      {"Step ([0-9]+): (.*)",
       [](const Said& said) {
         return said.step == "t" + said.text(1) &&
                most_likely_word(said, said.step + ".probabilities") == said.text(2);
       }},
      {"The decoder looks (.*) and says (.*) \\(p = " + p + "\\)\\.",
       [](const Said& said) {
         const std::string at = said.step.substr(0, said.step.find('.'));
         const std::vector<double> ps = said.values(at + ".probabilities");
         return looks_there(said.text(1), said.values(at + ".weights"), source(said), 0.5e-4) &&
                most_likely_word(said, at + ".probabilities") == said.text(2) &&
                said.shows(3, *std::max_element(ps.begin(), ps.end()));
       }},
      {"The target has (.*) here \\(p = " + p + "\\), and that goes into the next step\\.",
       [](const Said& said) {
         const std::string at = said.step.substr(0, said.step.find('.'));
         const std::vector<std::string> words = said.labels(at + ".probabilities", 0);
         const auto place = std::find(words.begin(), words.end(), said.text(1)) - words.begin();
         return said.labels("losses", 0)[time_of(said) - 1] == said.text(1) &&
                said.shows(2, said.values(at + ".probabilities")[static_cast<std::size_t>(place)]);
       }},
      {"After (.*)\\.",
       [](const Said& said) {
         return said.labels("losses", 0)[time_of(said) - 2] == said.text(1);
       }},
      {"The query is now s_1, and the word before is (.*), so other annotations may fit\\.",
       [](const Said& said) { return said.labels("losses", 0)[0] == said.text(1); }},
      {"\"(.*)\" became \".*\"\\.",
       [](const Said& said) { return said.text(1) == in_one_line(source(said)); }},
      repeats("Each step was given the right word before it, whatever the decoder had said\\."),
      repeats("For each word of the target, minus the logarithm of the probability that it was "
              "given\\."),
      {"Nobody led, so the words that were said count as right: the loss says how sure the decoder "
       "was\\.",
       [](const Said& said) {
         for (std::size_t t = 0; t < said.labels("losses", 0).size(); ++t) {
           const std::string at = "t" + std::to_string(t + 1) + ".probabilities";
           if (most_likely_word(said, at) != said.labels("losses", 0)[t]) return false;
         }
         return true;
       }},
      {"Each step's largest weight(, of the first ([0-9]+))?: (.*)\\.",
       [](const Said& said) {
         return largest_of_each_step_is(said, 3, "alignment", source(said));
       }},
      {"The context of (the one|each) step is averaged from ([0-9]+) annotations? of "
       "([0-9]+) numbers? each: what the decoder can look at grows with the sentence\\.",
       [](const Said& said) {
         const std::vector<std::size_t> shape = said.shape("annotations");
         return said.number(2) == static_cast<double>(shape[0]) &&
                said.number(3) == static_cast<double>(shape[1]) &&
                (said.shape("alignment")[0] == 1) == (said.text(1) == "the one");
       }},
      repeats("What was said is the target, word for word\\."),
      {"Of the target's ([0-9]+) words?, (.*) counted, ([0-9]+) w(as|ere) said in (its|their) "
       "place\\.",
       [](const Said& said) { return said.number(3) <= said.number(1); }},
  };
}

}  // namespace

TEST_CASE("bahdanau: what it says of numbers is so", "[bahdanau][claims][law]") {
  const Folder folder;
  std::vector<std::string> bases;
  for (const Fixture& example : Fixture("bahdanau")["cases"].items()) {
    const std::string name = "case" + std::to_string(bases.size()) + ".yaml";
    bases.push_back(folder.file(name, example["config"].text()));
  }
  check_claims(
      "bahdanau",
      {{"tokens.source", {"[I]", "[you, you]", "[me, you, love, I, me]"}},
       {"tokens.target", {"[你]", "[我, 你, 我, 爱]"}},
       {"options.decoding", {"teacher_forcing"}},
       {"options.limit", {"1", "2", "5"}},
       {"options.readout_state", {"new", "previous"}},
       {"options.reset", {"before", "after"}},
       {"options.update", {"takes_new", "keeps_old"}},
       {"parameters.encoder.E", {"{random: normal, seed: #}", "{fill: 0}"}},
       {"parameters.alignment.v_a", {"{random: normal, seed: #}", "{fill: 0}", "[400, -400]"}},
       {"parameters.alignment.W_a", {"{random: normal, seed: #}", "{fill: 0}"}},
       {"parameters.decoder.C", {"{random: normal, seed: #}", "{fill: 0}"}},
       {"parameters.output.W_o", {"{random: normal, seed: #}", "{fill: 0}"}}},
      with_claims(claims(), stop_claims("alignment")), bases);
}
