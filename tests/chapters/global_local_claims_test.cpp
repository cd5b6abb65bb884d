/// What global-local says about numbers, under random configs.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <numeric>

#include "tests/support/claims.hpp"
#include "tests/support/decoding_claims.hpp"
#include "tests/support/fixture.hpp"
#include "tests/support/program.hpp"

using namespace attn::test;

namespace {

std::vector<std::string> source(const Said& said) { return said.labels("embedded", 0); }

using Rows = std::vector<std::vector<double>>;

Rows rows_of(const std::vector<double>& all, std::size_t width) {
  Rows rows;
  for (std::size_t at = 0; at < all.size(); at += width) {
    const auto first = all.begin() + static_cast<std::ptrdiff_t>(at);
    rows.emplace_back(first, first + static_cast<std::ptrdiff_t>(width));
  }
  return rows;
}

double sum(const std::vector<double>& numbers) {
  return std::accumulate(numbers.begin(), numbers.end(), 0.0);
}

/// The sums of the weights of each step.
std::vector<double> shares(const Said& said) {
  std::vector<double> sums;
  for (const auto& row : rows_of(said.values("alignment"), source(said).size())) {
    sums.push_back(sum(row));
  }
  return sums;
}

/// The windows of the step that speaks, or of the whole where it is a comparison.
std::string window_of(const Said& said) {
  return said.step == "local_m" || said.step == "local_p" ? said.step + "_window" : "t1.window";
}
std::string place_of(const Said& said) {
  return said.step == "local_m" || said.step == "local_p" ? said.step + "_p" : "t1.position.p";
}

bool hides_none(const Said& said) {
  const std::size_t Tx = source(said).size();
  const Rows windows = rows_of(said.values(window_of(said)), Tx);
  const std::vector<double> places = said.values(place_of(said));
  for (std::size_t t = 0; t < windows.size(); ++t) {
    if (places[t] <= static_cast<double>(Tx - 1) && sum(windows[t]) != static_cast<double>(Tx)) {
      return false;
    }
  }
  return said.number(3) == static_cast<double>(Tx - 1);
}

bool global_inside_windows(const Said& said) {
  const std::size_t Tx = source(said).size();
  const Rows windows = rows_of(said.values("local_m_window"), Tx);
  const Rows all = rows_of(said.values("reach.weights"), Tx);  // T, reach
  const std::size_t reaches = said.shape("reach.weights")[1];
  std::vector<double> inside;
  for (std::size_t t = 0; t < windows.size(); ++t) {
    inside.push_back(
        std::inner_product(windows[t].begin(), windows[t].end(), all[t * reaches].begin(), 0.0));
  }
  const auto [least, most] = std::minmax_element(inside.begin(), inside.end());
  return said.shows(1, *least) && said.shows(2, *most);
}

bool sums_to_one(const Said& said) {
  const std::vector<double> sums = shares(said);
  return std::all_of(sums.begin(), sums.end(), [](double s) { return std::abs(s - 1.0) < 1e-12; });
}

bool in_this_window(const Said& said) { return said.step != "t1.weights" || said.has("t1.window"); }

std::vector<Claim> claims() {
  const std::string x = "([0-9.]+)";
  return {
      {"\"(.*)\": each word is a row of the encoder's table E\\.",
       [](const Said& said) { return said.text(1) == in_one_line(source(said)); }},
      repeats("(Input feeding mends that: h~_t goes into step t \\+ 1 along with y_t|Input feeding "
              "would mend that: h~_t would go into step t \\+ 1)\\."),
      repeats("It is switched off here\\."),
      {"The encoder's last state, as it is\\.",
       [](const Said& said) { return !said.has("encoder.c"); }},
      {"The encoder's last state, as it is, and its memory with it\\.",
       [](const Said& said) { return said.has("encoder.c"); }},
      repeats("A layer takes the encoder's last state to the width of the decoder's\\. \\(Such a "
              "layer is Bahdanau's; Luong's decoder starts from the encoder's last state\\.\\)"),
      repeats("The word before the first is (.*)\\."),
      repeats("Below its vector stands the attentional state of the step before; before the first "
              "step that is 0\\."),
      repeats("The cell's matrix is \\[W C\\]\\."),
      repeats("Without input feeding its vector is all that goes in\\."),
      {"After (.*)\\.",
       [](const Said& said) {
         return said.labels("losses", 0)[time_of(said) - 2] == said.text(1);
       }},
      {"Step ([0-9]+): \"(.*)\"",
       [](const Said& said) {
         return most_likely_word(said, "t" + said.text(1) + ".probabilities") == said.text(2);
       }},
      {"Here the source states do not enter: where to look follows from h_t alone\\.",
       [](const Said& said) { return said.has("location.d_W_a"); }},
      repeats("Large where the two fit\\."),
      repeats("It is h_t that asks, the state of this very step\\."),
      {"Word t of one sentence is taken to belong to word t of the other\\.",
       [](const Said& said) { return said.values("t1.position.p")[0] == 0.0; }},
      repeats("A small network looks at h_t and says how far along the sentence to look: .*"),
      repeats("Positions are 0 to S-1\\."),
      repeats("The softmax: the exponential of each score, over the sum of all of them\\."),
      {"So all words share a weight of 1\\.", sums_to_one},
      repeats("Step 1: (from scores to weights|the weights inside the window)"),
      {"The window reaches D = ([0-9]+) to either side of p_t and is cut off at the ends of the "
       "sentence\\.",
       [](const Said& said) {
         for (const auto& row : rows_of(said.values(window_of(said)), source(said).size())) {
           if (sum(row) > 2 * said.number(1) + 1) return false;
         }
         return true;
       }},
      {"The sentence has ([0-9]+) words?: with p_t from (0) to ([0-9]+) it hides none\\.",
       hides_none},
      repeats("Inside it a softmax as in global attention, over these words alone\\."),
      repeats("Inside it the softmax, the exponential of each score over the sum of all; then the "
              "Gaussian about p_t takes away from what is far\\."),
      {"What it leaves, if anything, is divided by its sum, so that the weights sum to 1\\.",
       in_this_window},
      {"What it takes is lost: the weights sum to 1 at most, as in the paper\\. options\\."
       "renormalise would divide by their sum\\.",
       [](const Said& said) {
         const std::vector<double> sums = shares(said);
         return said.step == "local_p" ||
                std::all_of(sums.begin(), sums.end(), [](double s) { return s < 1.0 + 1e-12; });
       }},
      repeats("Each has parameters of its own, except dot\\."),
      repeats("Left out: .*"),
      {"\"(.*)\" became \".*\"\\.",
       [](const Said& said) { return said.text(1) == in_one_line(source(said)); }},
      repeats("Each step was given the right word before it, whatever it had said itself\\."),
      repeats("Score (dot|general|concat|location), attention (global|local-m|local-p)\\."),
      repeats("For each word of the target, minus the logarithm of the probability that it was "
              "given\\."),
      {"Nobody led, so the words that were said count as right: the loss says how sure the decoder "
       "was\\.",
       [](const Said& said) { return said.labels("losses", 0) == said.labels("alignment", 0); }},
      repeats("From the last step to the first\\. h~_t gets a gradient from the word, and with "
              "input feeding from the next step; h_t "
              "from h~_t, from the scores, in local-p from p_t, and from the next step\\."),
      repeats("Sums over the steps\\."),
      repeats("W is \\[W C\\], the columns for the word and then those for h~\\."),
      repeats("From every step, through what was read( and through the scores)?; and through the "
              "decoder's first state to the last of them\\."),
      {"The scores are the same in each row; what differs is which of them may be seen(, and in "
       "local-p what the Gaussian leaves)?\\.",
       [](const Said& said) {
         const std::vector<std::string> rows = said.labels("reach.weights", 1);
         const bool local_p = std::find(rows.begin(), rows.end(), "local-p") != rows.end();
         return local_p == !said.text(1).empty();
       }},
      {"Each step's largest weight(, of the first ([0-9]+))?: (.*)\\.",
       [](const Said& said) {
         return largest_of_each_step_is(said, 3, "alignment", source(said));
       }},
      {"Of the weight of 1 that global attention spreads on the same states, local-m's windows "
       "hold "
       "between " +
           x + " and " + x + "\\.",
       global_inside_windows},
      repeats("What was said is the target, word for word\\."),
      {"Of the target's ([0-9]+) words?, (.*) counted, ([0-9]+) w(as|ere) said in (its|their) "
       "place\\.",
       [](const Said& said) { return said.number(3) <= said.number(1); }},
  };
}

}  // namespace

TEST_CASE("global-local: what it says of numbers is so", "[global-local][claims][law]") {
  const Folder folder;
  std::vector<std::string> bases{ATTN_SOURCE_DIR "/configs/global-local.yaml"};
  for (const Fixture& example : Fixture("global_local")["cases"].items()) {
    const std::string name = "case" + std::to_string(bases.size()) + ".yaml";
    bases.push_back(folder.file(name, example["config"].text()));
  }
  check_claims("global-local",
               {{"tokens.source", {"[I]", "[you, you]", "[you, are, a, teacher]"}},
                {"tokens.target", {"[你]", "[老师, 是, 学生, 我, 你]"}},
                {"options.decoding", {"teacher_forcing"}},
                {"options.limit", {"1", "2", "6"}},
                {"options.score", {"dot", "concat", "location"}},
                {"options.attention", {"local-m", "local-p"}},
                {"options.D", {"1", "3", "10"}},
                {"options.renormalise", {"true"}},
                {"options.input_feeding", {"false"}},
                {"parameters.encoder.E", {"{random: normal, seed: #}", "{fill: 0}"}},
                {"parameters.local.v_p", {"[60, 60]", "[-60, 60]"}},
                {"parameters.general.W_a", {"{random: normal, seed: #}", "{fill: 0}"}},
                {"parameters.output.W_o", {"{random: normal, seed: #}", "{fill: 0}"}}},
               with_claims(claims(), stop_claims("alignment")), bases);
}
