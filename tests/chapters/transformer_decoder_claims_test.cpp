/// What transformer-decoder says about numbers, under random configs.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cmath>

#include "tests/support/claims.hpp"
#include "tests/support/decoding_claims.hpp"
#include "tests/support/program.hpp"

using namespace attn::test;

namespace {

/// Two layers on either side, and a last norm.
const std::string two_layers = R"(chapter: transformer-decoder
tokens:
  source: [a, b, a]
  source_vocabulary: [a, b]
  target_vocabulary: [go, halt, x, y]
  start: go
  stop: halt
parameters:
  source: {E: {random: normal, shape: [2, 2], seed: 1}}
  target: {E: {random: normal, shape: [4, 2], seed: 2}}
  encoder:
    W_q: {random: normal, shape: [2, 2, 2], seed: 3}
    W_k: {random: normal, shape: [2, 2, 2], seed: 4}
    W_v: {random: normal, shape: [2, 2, 2], seed: 5}
    W_o: {random: normal, shape: [2, 2, 2], seed: 6}
    W_1: {random: normal, shape: [2, 2, 3], seed: 7}
    W_2: {random: normal, shape: [2, 3, 2], seed: 8}
  decoder:
    W_q: {random: normal, shape: [2, 2, 2], seed: 9}
    W_k: {random: normal, shape: [2, 2, 2], seed: 10}
    W_v: {random: normal, shape: [2, 2, 2], seed: 11}
    W_o: {random: normal, shape: [2, 2, 2], seed: 12}
    W_q_cross: {random: normal, shape: [2, 2, 2], seed: 13}
    W_k_cross: {random: normal, shape: [2, 2, 2], seed: 14}
    W_v_cross: {random: normal, shape: [2, 2, 2], seed: 15}
    W_o_cross: {random: normal, shape: [2, 2, 2], seed: 16}
    W_1: {random: normal, shape: [2, 2, 3], seed: 17}
    W_2: {random: normal, shape: [2, 3, 2], seed: 18}
  output: {W: {random: normal, shape: [2, 4], seed: 19}}
options: {limit: 3, final_norm: true}
)";

const std::string number = "([-+0-9.e]+)";

bool padded(const Said& said) { return said.has("source.mask"); }
bool beam(const Said& said) { return said.has("round1.hypotheses"); }
std::vector<std::string> wanted(const Said& said) { return said.labels("word_losses", 0); }
std::vector<std::string> given(const Said& said) { return said.labels("target.x", 0); }
std::string here(const Said& said, const std::string& name) { return said.step + "." + name; }

std::size_t words_said(const Said& said) { return said.shape("cache")[0]; }

std::string last_round(const Said& said) {
  std::size_t r = 1;
  while (said.has("round" + std::to_string(r + 1) + ".hypotheses")) ++r;
  return said.labels("round" + std::to_string(r) + ".hypotheses", 0).front();
}

/// The words that greedy or led decoding says; of a beam the best sentence.
std::vector<std::string> chosen(const Said& said) {
  std::vector<std::string> words;
  if (!beam(said)) {
    for (std::size_t t = 1; t <= words_said(said); ++t) {
      words.push_back(most_likely_word(said, "t" + std::to_string(t) + ".probabilities"));
    }
    return words;
  }
  std::string sentence = last_round(said);
  while (!sentence.empty()) {
    const std::size_t end = std::min(sentence.find(' '), sentence.size());
    words.push_back(sentence.substr(0, end));
    sentence.erase(0, end + 1);
  }
  return words;
}

double probability(const Said& said, const std::string& tensor, const std::string& word) {
  const std::vector<std::string> words = said.labels(tensor, 0);
  const auto at = std::find(words.begin(), words.end(), word) - words.begin();
  return said.values(tensor)[static_cast<std::size_t>(at)];
}

/// How many words of a step are as likely as the likeliest.
double as_likely(const Said& said) {
  const std::vector<double> p = said.values(here(said, "probabilities"));
  const double most = *std::max_element(p.begin(), p.end());
  return static_cast<double>(
      std::count_if(p.begin(), p.end(), [&](double other) { return most - other < 0.5e-4; }));
}

double most_likely(const Said& said) {
  const std::vector<double> p = said.values(here(said, "probabilities"));
  return *std::max_element(p.begin(), p.end());
}

/// The last layer's cross-attention, its heads' mean.
std::vector<double> mean_weights(const Said& said) {
  const std::string last =
      said.has("decoder.layer2.cross.weights") ? "decoder.layer2" : "decoder.layer1";
  const std::vector<double> all = said.values(last + ".cross.weights");
  const std::size_t H = said.shape(last + ".cross.weights")[0], one = all.size() / H;
  std::vector<double> mean(one, 0.0);
  for (std::size_t i = 0; i < all.size(); ++i) mean[i % one] += all[i] / static_cast<double>(H);
  return mean;
}

/// No step but the beam's says probabilities of the words that were said: -log p is log P's sum.
bool least_is(const Said& said, std::size_t group) {
  const std::vector<std::string> words = chosen(said);
  double least = 1.0;
  if (!beam(said)) {
    for (std::size_t t = 0; t < words.size(); ++t) {
      least = std::min(least,
                       probability(said, "t" + std::to_string(t + 1) + ".probabilities", words[t]));
    }
  } else if (wanted(said) == words) {
    const std::vector<double> losses = said.values("word_losses");
    for (std::size_t t = 0; t < words.size(); ++t) least = std::min(least, losses[2 * t]);
  } else {
    return said.number(group) <= 1.0;  // the table of losses is about the target
  }
  return said.shows(group, least);
}

bool largest_difference_is(const Said& said, std::size_t group) {
  const std::vector<double> cache = said.values("cache");
  double largest = 0.0;
  for (std::size_t i = 0; i < cache.size(); i += 3) largest = std::max(largest, cache[i]);
  return said.shows(group, largest) && largest < 1e-9;
}

std::vector<Claim> about_all_at_once() {
  return {
      {"\"(.*)\": each word is a row of the table E, times sqrt\\(dm\\)(; options\\.positions is "
       "none, so PE_t is 0|, and its place is added, as in the chapter "
       "transformer-encoder)\\.",
       [](const Said& said) {
         const bool same = said.values("source.x") == said.values("source.scaled");
         return said.text(1) == in_one_line(said.labels("source.x", 0)) &&
                same == said.text(2).starts_with(";");
       }},
      {"options\\.source_length is ([0-9]+): the words after that are padding, and nobody sees "
       "them\\.",
       [](const Said& said) {
         const auto width = said.shape("source.mask")[1];
         const std::vector<double> mask = said.values("source.mask");
         for (std::size_t i = 0; i < mask.size(); ++i) {
           const bool seen = static_cast<double>(i % width) < said.number(1);
           if ((mask[i] != 0.0) != seen) return false;
         }
         return true;
       }},
      {"Row t is the word before word t: (.*) comes first, and the last word is not given to "
       "anyone\\.",
       [](const Said& said) {
         const std::vector<std::string> before = given(said), after = wanted(said);
         return before.front() == said.text(1) &&
                std::equal(before.begin() + 1, before.end(), after.begin());
       }},
      repeats("So all positions can be computed at once, as in training, where a teacher knows the "
              "target\\."),
      {"So all positions can be computed at once, as in training; the words are those that "
       "decoding chooses below\\.",
       [](const Said& said) { return wanted(said) == chosen(said); }},
      {"Only the padding is hidden: the whole source is known\\.", padded},
      {"Nothing is hidden here: the whole source is known\\.",
       [](const Said& said) { return !padded(said); }},
      repeats("Then add and norm, (as in the encoder|the norm first, as in the encoder)\\."),
      repeats(
          "(The last layer has ended with a norm already; )?torch\\.nn\\.Transformer has (it|this "
          "one all the same), the paper has not\\."),
      repeats("In pre-norm nothing has normalised what the last layer added\\."),
      repeats("This does\\."),
      {"A row has the name of the word that was given: the first, (.*), says what comes first, and "
       "each what comes after its word and those above it\\.",
       [](const Said& said) { return given(said).front() == said.text(1); }},
      repeats("How unlikely the words of the target were, each after the right words before\\."),
      {"There is no target, so the words that were chosen count as right\\.",
       [](const Said& said) { return wanted(said) == chosen(said); }},
      {"The gradient of a score that was hidden is exactly 0: nothing comes back from a position "
       "to those after it\\.",
       [](const Said& said) {
         const std::string layer = said.step.substr(0, said.step.find(".gradients"));
         const std::vector<double> d = said.values(layer + ".d_scores");
         const std::size_t T = said.shape(layer + ".d_scores")[1];
         for (std::size_t i = 0; i < d.size(); ++i) {
           if (i % T > i / T % T && d[i] != 0.0) return false;
         }
         return true;
       }},
      repeats("add_1\\.d_x is what goes on to the (words|layer before)\\."),
  };
}

std::vector<Claim> about_words() {
  return {
      {"Now word by word, and the target leads\\.",
       [](const Said& said) { return words_said(said) == wanted(said).size(); }},
      repeats("Now word by word, as when nobody knows the translation\\."),
      {"The first step is given (.*)\\.",
       [](const Said& said) { return given(said).front() == said.text(1); }},
      {"Given (.*)\\.",
       [](const Said& said) {
         const std::string axis = here(said, "layer1.self.weights");
         return said.labels(axis, 1).back() == said.text(1);
       }},
      {"The cache has the keys and values of the (word|([0-9]+) words) before; those of (.*) are "
       "added to it\\.",
       [](const Said& said) {
         const std::size_t before = said.text(1) == "word" ? 1 : std::stoul(said.text(2));
         const std::vector<std::string> all = said.labels(here(said, "layer1.self.weights"), 1);
         return all.size() == before + 1 && all.back() == said.text(3);
       }},
      {"Word ([0-9]+): (.*)",
       [](const Said& said) {
         return said.step == "t" + said.text(1) &&
                most_likely_word(said, here(said, "probabilities")) == said.text(2);
       }},
      {"The most likely next word is (.*) \\(p = " + number + "\\)\\.",
       [](const Said& said) {
         return as_likely(said) == 1.0 && said.shows(2, most_likely(said)) &&
                most_likely_word(said, here(said, "probabilities")) == said.text(1);
       }},
      {"([0-9]+) words are the most likely next, to four decimals \\(p = " + number +
           "\\): (.*) is taken, the largest or the first of the largest\\.",
       [](const Said& said) {
         return as_likely(said) == said.number(1) && said.shows(2, most_likely(said)) &&
                most_likely_word(said, here(said, "probabilities")) == said.text(3);
       }},
      {"The target has (.*) here \\(p = " + number + "\\)(, and that goes into the next step)?\\.",
       [](const Said& said) {
         const std::size_t t = time_of(said);
         const bool last = t == words_said(said);
         return wanted(said)[t - 1] == said.text(1) && said.match[3].matched == !last &&
                said.shows(2, probability(said, here(said, "probabilities"), said.text(1))) &&
                (last || given(said)[t] == said.text(1));
       }},
      {"That ends the sentence\\.",
       [](const Said& said) { return time_of(said) == words_said(said); }},
      {"options\\.limit ends the sentence here\\.",
       [](const Said& said) { return time_of(said) == words_said(said); }},
      {"Beam search, round ([0-9]+): (.*)",
       [](const Said& said) {
         return said.step == "round" + said.text(1) &&
                said.labels(here(said, "hypotheses"), 0).front() == said.text(2);
       }},
      {"Beam search keeps the best beginnings, at most ([0-9]+): each is continued by every word, "
       "and the best of all that come of it are kept, each with a cache of its own\\.",
       [](const Said& said) {
         return static_cast<double>(said.shape(here(said, "hypotheses"))[0]) <= said.number(1);
       }},
      {"options\\.length_penalty is 0, so the score is log P itself\\.",
       [](const Said& said) {
         const std::vector<double> table = said.values(here(said, "hypotheses"));
         for (std::size_t i = 0; i < table.size(); i += 2) {
           if (table[i] != table[i + 1]) return false;
         }
         return true;
       }},
      {"log P never rises with a word more, which favours short sentences; it is divided by a "
       "penalty that grows with them\\.",
       [](const Said& said) { return said.shape(here(said, "hypotheses"))[1] == 3; }},
      repeats("alpha is options\\.length_penalty, [0-9.]+\\."),
      {"(All have ended|options\\.limit ends the search); the first is the translation\\.",
       [](const Said& said) {
         return said.labels(here(said, "hypotheses"), 0).front() == last_round(said);
       }},
      repeats("What has ended stays as it is, and competes with what has not\\."),
      {"The largest difference of any logit( of the last word| of the last [0-9]+ words)? is " +
           number + "\\.",
       [](const Said& said) { return largest_difference_is(said, 2); }},
      {"Each step's largest weight: (.*)\\.",
       [](const Said& said) {
         return looks_of_rows(said, 1, wanted(said), mean_weights(said),
                              said.labels("source.x", 0));
       }},
      {"The decoder said \"(.*)\"\\.",
       [](const Said& said) { return in_one_line(chosen(said)) == said.text(1); }},
      {"What was said is the target, word for word\\.",
       [](const Said& said) { return wanted(said) == chosen(said); }},
      {"Of the target's ([0-9]+) words?, (.*) counted, ([0-9]+) w(as|ere) said in (its|their) "
       "place\\.",
       [](const Said& said) {
         const std::vector<std::string> right = wanted(said), words = chosen(said);
         double same = 0.0;
         for (std::size_t t = 0; t < std::min(right.size(), words.size()); ++t) {
           if (right[t] == words[t]) ++same;
         }
         return said.number(1) == static_cast<double>(right.size()) && said.number(3) == same &&
                right != words;
       }},
      {"The least likely of these words has the probability " + number + "\\.",
       [](const Said& said) { return least_is(said, 1); }},
      {"With the cache ([0-9]+) rows? went through its layers, without it ([0-9]+)\\.",
       [](const Said& said) {
         const std::vector<double> cache = said.values("cache");
         double with = 0.0, without = 0.0;
         for (std::size_t i = 0; i < cache.size(); i += 3) {
           with += cache[i + 1], without += cache[i + 2];
         }
         return said.number(1) == with && said.number(2) == without;
       }},
  };
}

}  // namespace

TEST_CASE("transformer-decoder: what it says of numbers is so",
          "[transformer-decoder][claims][law]") {
  const Folder folder;
  std::vector<Claim> claims = about_all_at_once();
  for (const Claim& claim : about_words()) claims.push_back(claim);
  const std::string normal = "{random: normal, shape: [1, 4, 4], seed: #}";
  const std::string zero = "{fill: 0, shape: [1, 4, 4]}";
  check_claims("transformer-decoder",
               {{"tokens.source", {"[I]", "[you, you]", "[me, love, you, love, I]"}},
                {"tokens.target", {"[你]", "[你, 爱, 我]", "[爱, 爱]", "null"}},
                {"options.source_length", {"1", "2"}},
                {"options.decoding", {"teacher_forcing", "beam", "greedy"}},
                {"options.beam_width", {"1", "3", "50"}},
                {"options.length_penalty", {"0.6", "2"}},
                {"options.limit", {"1", "2", "4"}},
                {"options.heads", {"1", "4"}},
                {"options.norm", {"pre", "post"}},
                {"options.final_norm", {"true"}},
                {"options.positions", {"none"}},
                {"options.activation", {"gelu", "gelu_tanh"}},
                {"parameters.source.E",
                 {"{random: normal, shape: [4, 4], seed: #}", "{fill: 0, shape: [4, 4]}"}},
                {"parameters.target.E",
                 {"{random: normal, shape: [5, 4], seed: #}", "{fill: 0, shape: [5, 4]}"}},
                {"parameters.encoder.W_v", {normal, zero}},
                {"parameters.decoder.W_q", {normal, zero}},
                {"parameters.decoder.W_v", {normal, zero}},
                {"parameters.decoder.W_q_cross", {normal, zero}},
                {"parameters.output.W",
                 {"{random: normal, shape: [4, 5], seed: #}", "{fill: 0, shape: [4, 5]}"}}},
               claims, {folder.file("two.yaml", two_layers)});
}
