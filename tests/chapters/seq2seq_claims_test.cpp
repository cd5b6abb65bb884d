/// What seq2seq says about numbers, under random configs.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cmath>

#include "tests/support/claims.hpp"
#include "tests/support/decoding_claims.hpp"
#include "tests/support/fixture.hpp"
#include "tests/support/program.hpp"

using namespace attn::test;

namespace {

std::size_t places(const Said& said, const std::string& tensor) {
  return said.values(tensor).size();
}

bool has_memory(const Said& said) { return said.has("d_memory"); }
bool has_bridge(const Said& said) { return said.has("bridge.d_h"); }
bool has_context(const Said& said) { return said.has("t1.input"); }

/// How many numbers of the source the decoder is given.
double through(const Said& said) {
  const std::size_t dh = places(said, "context"), ds = places(said, "s_0");
  const std::size_t narrow = has_context(said) ? dh : std::min(dh, ds);
  return static_cast<double>(has_memory(said) ? 2 * dh : narrow);
}

/// The probability of the word that each step said.
std::vector<double> certainty(const Said& said) {
  const std::vector<double> p = said.values("said");
  const auto width = static_cast<std::ptrdiff_t>(said.shape("said")[1]);
  std::vector<double> found;
  for (auto row = p.begin(); row != p.end(); row += width) {
    found.push_back(*std::max_element(row, row + width));
  }
  return found;
}

bool reach_is(const Said& said, std::size_t number, std::size_t word, std::size_t value) {
  const auto at = static_cast<std::size_t>(said.number(number)) - 1;
  return said.text(word) == said.labels("reach", 0)[at] &&
         said.shows(value, said.values("reach")[at]);
}

bool least_and_most(const Said& said) {
  const std::vector<double> reach = said.values("reach");
  const auto [low, high] = std::minmax_element(reach.begin(), reach.end());
  return reach_is(said, 2, 1, 3) && reach_is(said, 5, 4, 6) && said.shows(3, *high) &&
         said.shows(6, *low) && *low < *high;
}

std::vector<Claim> claims() {
  const std::string x = "([0-9.]+)";
  return {
      {"\"(.*)\": each word is a row of the encoder's table E, and there are Vx = ([0-9]+) rows\\.",
       [](const Said& said) {
         return said.text(1) == in_one_line(said.labels("embedded", 0)) &&
                said.number(2) == static_cast<double>(said.shape("parameters.encoder.E")[0]);
       }},
      {"The last state stands for the whole sentence\\.",
       [](const Said& said) { return !has_memory(said); }},
      {"The last state stands for the whole sentence, and the memory after the last word goes with "
       "it\\.",
       has_memory},
      {"The memory is handed over too\\.", has_memory},
      repeats("The context, as it is\\."),
      repeats("A layer makes it of the context, which is the h here\\."),
      {"The memory begins with zeros\\.",
       [](const Said& said) { return said.has("encoder.c") && has_bridge(said); }},
      {"The word before is (.*), which starts every sentence\\.",
       [](const Said& said) { return said.step == "t1.input"; }},
      {"Its vector and the context stand one below the other\\.", has_context},
      {"The context is not here: it is only in the state\\.",
       [](const Said& said) { return !has_context(said); }},
      {"In its formulas W stands for \\[W C\\], x for what went in, h for the decoder's state s\\.",
       has_context},
      repeats("In its formulas x stands for what went in, and h for the decoder's state s\\."),
      {"After (.*)\\.",
       [](const Said& said) {
         return said.labels("losses", 0)[time_of(said) - 2] == said.text(1);
       }},
      {"Step ([0-9]+): \"(.*)\"",
       [](const Said& said) {
         const std::string at = "t" + said.text(1);
         return said.step == at + ".output" &&
                most_likely_word(said, at + ".probabilities") == said.text(2);
       }},
      {"\"(.*)\" became \"(.*)\"\\.",
       [](const Said& said) {
         const std::vector<std::string> words = said.labels("said", 0);
         return said.text(1) == in_one_line(said.labels("embedded", 0)) &&
                (in_one_line(words) == said.text(2) ||
                 in_one_line({words.begin(), words.end() - 1}) == said.text(2));
       }},
      repeats("Each step was given the right word before it, whatever it had said itself\\."),
      repeats("For each word of the target, minus the logarithm of the probability that it was "
              "given\\."),
      {"Nobody led, so the words that were said count as right: the loss says how sure the decoder "
       "was\\.",
       [](const Said& said) { return said_in_place(said, "losses") == places(said, "losses"); }},
      {"W is \\[W C\\], the columns for the word and then those for the context\\.", has_context},
      {"From the first state alone\\.", [](const Said& said) { return !has_context(said); }},
      {"From the first state and from every step\\.", has_context},
      {"The way back to the source is as narrow as the way forward: it leads through this( and the "
       "gradient of the memory)? alone\\.",
       [](const Said& said) { return has_memory(said) == said.match[1].matched; }},
      repeats("(The gate acts on the state, before U|U times the state before; the gate acts on "
              "the product)\\."),
      repeats("The cell adds what the word brings to what U makes of the state before, and tanh "
              "squeezes the sum into -1 to 1\\."),
      repeats("Each state is made from all words up to here, but only through the state before "
              "it\\."),
      repeats("Before the first is h_0, zeros unless it is given\\."),
      repeats("A mixture of the old state and the candidate, entry by entry\\."),
      repeats("What the memory shows of itself\\."),
      repeats("One matrix for all words: W takes a word's vector to the width of the state\\."),
      repeats("The past is not needed for this, so it is one matrix product for the whole "
              "sentence\\."),
      repeats("What each word brings to the (candidate|cell)"),
      repeats("Read word by word|The new state|The state"),
      repeats("The past, as far as the reset gate lets it through|What the past says"),
      repeats("For each entry of the state: 1 (takes the candidate, 0 keeps what is there|keeps "
              "what is there, 0 takes the candidate)\\."),
      {"([0-9]+) words? of ([0-9]+) numbers? came to ([0-9]+) numbers?, and ([0-9]+) words would "
       "come to as many\\.",
       [](const Said& said) {
         return said.number(1) == static_cast<double>(said.shape("embedded")[0]) &&
                said.number(2) == static_cast<double>(said.shape("embedded")[1]) &&
                said.number(3) == through(said) && said.number(4) == 2 * said.number(1) &&
                said.values("bottleneck")[1] == through(said);
       }},
      {"A change of any word would move the context alike, by " + x + " to four decimals\\.",
       [](const Said& said) {
         const std::vector<double> reach = said.values("reach");
         return std::all_of(reach.begin(), reach.end(),
                            [&](double one) { return std::abs(one - said.number(1)) < 1e-4; });
       }},
      {"A change of \"(.*)\" \\(word ([0-9]+)\\) would move the context most \\(" + x +
           "\\), one of \"(.*)\" \\(word ([0-9]+)\\) least \\(" + x + "\\)\\.",
       least_and_most},
      {"The least likely of the words that were said has the probability " + x + "\\.",
       [](const Said& said) {
         const std::vector<double> found = certainty(said);
         return said.shows(1, *std::min_element(found.begin(), found.end()));
       }},
      repeats("What was said is the target, word for word\\."),
      {"Of the target's ([0-9]+) words?, (.*) counted, ([0-9]+) w(as|ere) said in (its|their) "
       "place\\.",
       [](const Said& said) {
         return said.number(3) <= said.number(1) &&
                (said.number(3) == 1.0) == (said.text(4) == "as");
       }},
  };
}

}  // namespace

TEST_CASE("seq2seq: what it says of numbers is so", "[seq2seq][claims][law]") {
  const Folder folder;
  std::vector<std::string> bases;
  for (const Fixture& example : Fixture("seq2seq")["cases"].items()) {
    const std::string name = "case" + std::to_string(bases.size()) + ".yaml";
    bases.push_back(folder.file(name, example["config"].text()));
  }
  check_claims("seq2seq",
               {{"tokens.source", {"[I]", "[you, you]", "[see, you, love, I, see]"}},
                {"tokens.target", {"[你]", "[看, 你, 我, 爱]"}},
                {"options.decoding", {"teacher_forcing"}},
                {"options.limit", {"1", "2", "5"}},
                {"options.reset", {"before", "after"}},
                {"options.update", {"takes_new", "keeps_old"}},
                {"parameters.encoder.E",
                 {"{random: normal, shape: [4, 2], seed: #}", "{fill: 0, shape: [4, 2]}"}},
                {"parameters.encoder.W",
                 {"{random: normal, shape: [2, 2], seed: #}", "{fill: 0, shape: [2, 2]}"}},
                {"parameters.encoder.U",
                 {"{random: normal, shape: [2, 2], seed: #}", "{fill: 0, shape: [2, 2]}"}},
                {"parameters.decoder.C", {"null", "{random: normal, shape: [3, 2], seed: #}"}},
                {"parameters.bridge.W_s", {"{fill: 0, shape: [3, 2]}"}},
                {"parameters.output.W_o",
                 {"{fill: 0, shape: [6, 3]}", "{random: normal, shape: [6, 3], seed: #}"}}},
               with_claims(claims(), stop_claims("said")), bases);
}
