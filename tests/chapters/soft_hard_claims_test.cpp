/// What soft-hard says about numbers, under random configs.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cmath>

#include "tests/support/claims.hpp"
#include "tests/support/decoding_claims.hpp"

using namespace attn::test;

namespace {

std::vector<std::string> said_words(const Said& said) {
  const std::vector<double> p = said.values("probabilities");
  const std::vector<std::string> words = said.labels("probabilities", 1);
  std::vector<std::string> found;
  for (std::size_t at = 0; at < p.size(); at += words.size()) {
    const auto row = p.begin() + static_cast<std::ptrdiff_t>(at);
    const auto most = std::max_element(row, row + static_cast<std::ptrdiff_t>(words.size()));
    found.push_back(words[static_cast<std::size_t>(most - row)]);
  }
  return found;
}

/// The caption that the drawing of the step "seen" shows for a look.
std::string drawn(const Said& said, const std::string& look) {
  for (const auto& step : said.trace.at("steps")) {
    if (step.at("id") != "seen") continue;
    for (const std::string line : step.at("drawing")) {
      if (line.starts_with(look + ":"))
        return line.substr(std::max<std::size_t>(8, look.size() + 2));
    }
  }
  return "";
}

bool counted_within(const Said& said) {
  const std::vector<double> numbers = said.values("study.samples");
  const std::size_t width = said.shape("study.samples")[1];
  double within = 0, all = 0;
  for (std::size_t at = 0; at < numbers.size(); at += width) {
    for (std::size_t c = 1; c + 1 < width; c += 2) {
      within += std::abs(numbers[at + c] - numbers[at]) <= 2.0 * numbers[at + c + 1];
      ++all;
    }
  }
  return said.number(1) == within && said.number(2) == all;
}

std::vector<Claim> claims() {
  const std::string x = "([-+0-9.e]+)";
  return {
      {"([0-9]+) x ([0-9]+) locations, numbered row by row\\.",
       [](const Said& said) {
         return said.number(1) * said.number(2) == static_cast<double>(said.shape("features")[0]);
       }},
      {"A convolutional network has turned what is seen at each into a feature: ([0-9]+) "
       "numbers\\.",
       [](const Said& said) {
         return said.number(1) == static_cast<double>(said.shape("features")[1]);
       }},
      repeats("Soft attention: the mean of all features, weighted\\."),
      repeats("Hard attention: the feature with the largest weight, and no other\\."),
      repeats("Hard attention: one location is drawn with these weights, and its feature is all "
              "that is seen\\."),
      {"Word 1: \"(.*)\"", [](const Said& said) { return said_words(said)[0] == said.text(1); }},
      {"The caption is \"(.*)\"\\.",
       [](const Said& said) {
         std::vector<std::string> words = said_words(said);
         if (in_one_line(words) == said.text(1)) return true;
         words.pop_back();
         return in_one_line(words) == said.text(1);
       }},
      {"Then came (.*)\\.",
       [](const Said& said) { return said_words(said).back() == said.text(1); }},
      {"The word (.*) never came: options\\.limit ended it\\.",
       [](const Said& said) {
         const std::vector<std::string> words = said_words(said);
         return std::count(words.begin(), words.end(), said.text(1)) == 0;
       }},
      repeats("Each step was given the right word before it, whatever it had said itself\\."),
      repeats("For each word of the target, minus the logarithm of the probability that it was "
              "given\\."),
      {"Nobody led, so the words that were said count as right: the loss says how sure the decoder "
       "was\\.",
       [](const Said& said) { return said.labels("losses", 0) == said_words(said); }},
      repeats("Here options\\.seed = [0-9]+; another seed draws others\\."),
      {"How hard attention learns: word ([0-9]+), \"(.*)\"",
       [](const Said& said) {
         return said.labels("losses", 0)[static_cast<std::size_t>(said.number(1)) - 1] ==
                said.text(2);
       }},
      {"But a single one is off by " + x + ": the root of the total variance\\.",
       [](const Said& said) {
         return said.shows(1, std::sqrt(said.values("study.total_variance")[0])) ||
                std::abs(said.number(1) - std::sqrt(said.values("study.total_variance")[0])) <
                    1e-3 * said.number(1);
       }},
      {"V: exact; found: in these draws\\. needed: draws until the error is a tenth of the "
       "gradient, "
       "whose length is " +
           x + "\\.",
       [](const Said& said) {
         double length = 0.0;
         for (const double g : said.values("study.d_scores")) length = std::hypot(length, g);
         return std::abs(length - said.number(1)) <= 1e-3 * said.number(1);
       }},
      repeats(
          "J: the expected loss\\. best: the constant with the smallest variance\\. moving: the "
          "paper's moving average, here of [0-9]+ draws\\."),
      repeats("V: exact; found: in these draws\\."),
      {"The gradient, of length " + x +
           ", is so small beside V that no number of draws would find it\\.",
       [](const Said& said) { return said.shape("study.baselines")[1] == 3; }},
      repeats("The gradient, from [0-9]+ draws"),
      {"Means over the draws, each with its standard error \\(±\\), beside the exact gradient\\. "
       "([0-9]+) of the ([0-9]+) means are within two standard errors of it\\.",
       counted_within},
      {"Through the weighted mean every weight gets a gradient: soft attention learns where to "
       "look "
       "as it learns everything else\\.",
       [](const Said& said) { return !said.has("t1.choice"); }},
      repeats(
          "The choice does not move when a weight moves a little, so the words give the weights "
          "no gradient\\."),
      {"What stands here is the penalty's\\.",
       [](const Said& said) {
         const std::vector<double> d = said.values("d_weights");
         if (!said.has("penalty.d_weights")) {
           return std::all_of(d.begin(), d.end(), [](double one) { return one == 0.0; });
         }
         return d == said.values("penalty.d_weights");
       }},
      repeats("How hard attention learns all the same is what the study shows\\."),
      {"Each step's largest weight(, of the first ([0-9]+))?: (.*)\\.",
       [](const Said& said) {
         std::vector<double> weights = said.values("alignment");
         const std::vector<std::string> L = said.labels("features", 0);
         return looks_of_rows(said, 3, said.labels("losses", 0), weights, L);
       }},
      {"Looking softly at every word gives the caption \"(.*)\", (and argmax the same|argmax "
       "\"(.*)\")\\.",
       [](const Said& said) {
         const bool same = drawn(said, "soft") == drawn(said, "argmax");
         return said.text(1) == drawn(said, "soft") &&
                (same ? said.text(2) == "and argmax the same"
                      : said.text(3) == drawn(said, "argmax"));
       }},
      {"So do the locations that were drawn\\.",
       [](const Said& said) { return drawn(said, "sample") == drawn(said, "soft"); }},
      {"With the locations that were drawn it is \"(.*)\"\\.",
       [](const Said& said) {
         return drawn(said, "sample") == said.text(1) && said.text(1) != drawn(said, "soft");
       }},
  };
}

}  // namespace

TEST_CASE("soft-hard: what it says of numbers is so", "[soft_hard][claims][law]") {
  check_claims(
      "soft-hard",
      {{"options.attention", {"argmax", "sample"}},
       {"options.seed", {"1", "2", "77"}},
       {"options.lambda", {"0", "3"}},
       {"options.decoding", {"teacher_forcing"}},
       {"options.limit", {"1", "3"}},
       {"tokens.target", {"[water]", "[water, over, bird]"}},
       {"inputs.features",
        {"{random: normal, shape: [3, 3, 3], seed: #}", "{fill: 0, shape: [3, 3, 3]}",
         "{random: normal, shape: [1, 1, 3], seed: #}",
         "{random: normal, shape: [1, 4, 3], seed: #}"}},
       {"parameters.attention.v_a", {"[0, 0]", "[900, -900]", "{random: normal, seed: #}"}},
       {"parameters.gate.b_beta", {"-800", "3"}},
       {"parameters.output.L_o", {"{fill: 0}", "{random: normal, seed: #}"}},
       {"study.samples", {"20"}},
       {"study.seed", {"9"}}},
      claims());
}
