/// What self-attention says about numbers, under random configs.
#include <catch2/catch_test_macros.hpp>

#include "tests/support/attention_claims.hpp"

using namespace attn::test;

namespace {

const std::string fresh = "{random: normal, shape: [4, 4], seed: #}";

/// "2, 0, 1"
std::vector<std::size_t> order_in(const std::string& text) {
  std::vector<std::size_t> order;
  for (std::size_t at = 0; at < text.size(); at += 3)
    order.push_back(std::stoul(text.substr(at, 1)));
  return order;
}

bool is_permuted(const Said& said) {
  const auto rows = rows_of(said, "X"), permuted = rows_of(said, "permuted.X");
  const std::vector<std::size_t> order = order_in(said.text(1));
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (permuted.at(i) != rows.at(order[i])) return false;
  }
  return order.size() == rows.size();
}

bool moves(const Said& said) { return said.labels("permuted.X", 0) != said.labels("X", 0); }

double found(const Said& said) { return said.values("difference").front(); }

/// A difference that is none but for rounding: of the values, which are averaged.
bool is_rounding(const Said& said) {
  return found(said) <= 1e-11 * std::max(largest_size(said.values("values")), 1e-300);
}

bool has_mask(const Said& said) { return said.has("mask"); }

Claim is_or_is_not(const std::string& sentence, bool (*holds)(const Said&)) {
  return {sentence, [holds](const Said& said) { return holds(said); }};
}

}  // namespace

TEST_CASE("self-attention: what it says of numbers is so", "[chapters][claims][law]") {
  const std::vector<Variation> variations{
      {"inputs.X",
       {"{random: normal, shape: [3, 4], seed: #}", "{fill: 0}", "{fill: -2}",
        "[[1, 2, 0, 1], [1, 2, 0, 1], [0, 0, -3, 1]]"}},
      {"parameters.W_q", {fresh, "{fill: 0}", "{fill: 1}"}},
      {"parameters.W_k",
       {fresh, "{fill: 0}", "[[0, 1, 0, 0], [1, 0, 1, 0], [0, 0, 0, 1], [0, 0, 1, 0]]"}},
      {"parameters.W_v", {"{random: normal, shape: [4, 2], seed: #}", "{fill: 0}"}},
      {"parameters.b_q", {"{random: normal, shape: [4], seed: #}"}},
      {"parameters.b_k", {"{random: normal, shape: [4], seed: #}"}},
      {"parameters.b_v", {"{random: normal, shape: [2], seed: #}"}},
      {"inputs.mask",
       {"[[1, 0, 0], [0, 0, 0], [1, 1, 1]]", "{fill: 1}", "{fill: 0}",
        "[[0, 1, 1], [1, 0, 1], [1, 1, 0]]"}},
      {"inputs.d_context", {"{random: normal, shape: [3, 2], seed: #}", "{fill: 0}"}},
      {"options.scale", {"none", "0.1", "-2", "0", "30"}},
      {"options.causal", {"true"}},
      {"options.valid_lens", {"0", "1", "2", "[3, 0, 1]"}},
      {"study.permutation", {"[0, 1, 2]", "[1, 0, 2]", "[2, 1, 0]"}},
      {"study.n", {"1", "2", "9"}},
      {"study.d", {"1", "8"}},
      {"study.kernel", {"1", "2", "5"}},
      {"study.neighbourhood", {"1", "4"}},
  };
  const std::vector<Claim> own{
      {"Divide the scores by sqrt\\(dk\\)",
       [](const Said& said) {
         return are_times(said.values("scaled"), said.values("scores"), 0.5);
       }},
      {"A word that may see none attends to nothing, and its row is 0\\.",
       [](const Said& said) { return rows_are_weights(said, "weights", "masked"); }},
      {"Softmax: .*a row sums to 1\\.",
       [](const Said& said) { return rows_are_weights(said, "weights", "masked"); }},
      {"Pi X: the rows of X in the order (.*) \\(counted from 0\\)\\.", is_permuted},
      {"The same words in another order", moves},
      {"An order that moves no word", [](const Said& said) { return !moves(said); }},
      is_or_is_not("Everything is computed again for these rows, with the same matrices and the "
                   "same mask\\.",
                   has_mask),
      {"Everything is computed again for these rows, with the same matrices\\.",
       [](const Said& said) { return !has_mask(said); }},
      {"They are the same to the last bit\\.", [](const Said& said) { return found(said) == 0.0; }},
      {"They are the same but for rounding: the largest difference is " + any_number + "\\.",
       [](const Said& said) { return said.shows(1, found(said)) && is_rounding(said); }},
      {"They are not the same: the largest difference is " + any_number + "\\.",
       [](const Said& said) {
         return said.shows(1, found(said)) && !is_rounding(said) &&
                nearly(found(said), largest_distance(said.values("permuted.context"),
                                                     said.values("expected.context")));
       }},
      {"Order does not matter",
       [](const Said& said) { return !has_mask(said) && is_rounding(said); }},
      {"Each word gets what it got before, wherever it stands: .*", is_rounding},
      {"With a mask that is the same in this order",
       [](const Said& said) { return has_mask(said) && is_rounding(said); }},
      {"The mask's rows and columns in this order \\(Pi M Pi\\^T\\) are the mask again: each word "
       "sees what it saw before\\.",
       [](const Said& said) {
         const auto mask = rows_of(said, "mask");
         const auto was = said.labels("X", 0), is = said.labels("permuted.X", 0);
         for (std::size_t i = 0; i < is.size(); ++i) {
           for (std::size_t j = 0; j < is.size(); ++j) {
             const auto from = [&](std::size_t k) {
               return static_cast<std::size_t>(std::find(was.begin(), was.end(), is[k]) -
                                               was.begin());
             };
             if (mask[i][j] != mask[from(i)][from(j)]) return false;
           }
         }
         return true;
       }},
      {"With a mask, order matters",
       [](const Said& said) { return has_mask(said) && !is_rounding(said); }},
      {"With a mask, order can matter",
       [](const Said& said) { return has_mask(said) && is_rounding(said); }},
      {"The next chapter gives each position a mark\\.", [](const Said&) { return true; }},
      is_or_is_not(
          "The mask hides positions, not words: a word that moves may see other words than "
          "before\\.",
          has_mask),
      {"Where the mask moves with the words, .*each word gets again what it got\\.",
       [](const Said& said) {
         return said.values("difference.mask_moved").front() <=
                1e-11 * largest_size(said.values("values"));
       }},
      {"Above, what the paper says; .* for n = ([0-9]+) and width d = ([0-9]+), a kernel of w = "
       "([0-9]+) and a neighbourhood of r = ([0-9]+)\\.",
       [](const Said& said) {
         const double n = said.number(1), d = said.number(2);
         const auto costs = rows_of(said, "costs");
         return costs[0][0] == 2 * n * n * d && costs[2][0] == n * d * d + (n - 1) * d * d &&
                costs[2][1] == n && costs[0][2] == 1 && costs[0][3] == n * n;
       }},
      {"Connected: the pairs of an input and an output that have a path at all, of ([0-9]+); a "
       "recurrence carries nothing backwards\\.",
       [](const Said& said) {
         const auto costs = rows_of(said, "costs");
         const double n = costs[2][1];
         return said.number(1) == n * n && costs[2][3] == n * (n + 1) / 2;
       }},
      {"The three projections before self-attention would take ([0-9]+) more multiplications, "
       "which "
       "the table leaves out\\.",
       [](const Said& said) {
         const auto costs = rows_of(said, "costs");
         const double n = costs[2][1], d = costs[0][0] / (2 * n * n);
         return said.number(1) == 3 * n * d * d;
       }},
      {"Nothing to look at is left for ([0-9]+) words?, and the context there is 0\\.",
       [](const Said& said) {
         const double blind = rows_without_weight(said, "weights");
         return said.number(1) == blind && blind > 0;
       }},
      {"In the order (.*) the contexts differ by up to " + any_number + "\\.",
       [](const Said& said) { return is_permuted(said) && said.shows(2, found(said)); }},
      {"In the order (.*) each word gets the context that it had\\.",
       [](const Said& said) { return is_permuted(said) && is_rounding(said); }},
      largest_weight_claim("weights"),
      equal_largest_weights_claim("weights"),
      no_weight_claim("weights"),
  };
  check_claims("self-attention", variations,
               joined({own, scale_and_mask_claims(), mutual_claims("weights")}));
}
