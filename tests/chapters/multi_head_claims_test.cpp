/// What multi-head says about numbers, under random configs.
#include <catch2/catch_test_macros.hpp>

#include "tests/support/attention_claims.hpp"

using namespace attn::test;

namespace {

/// A head's rows of weights: rows h Tq to (h + 1) Tq.
std::vector<std::vector<double>> head_rows(const Said& said, const std::string& group) {
  const auto all = rows_of(said, "weights");
  const std::size_t Tq = said.shape("weights")[1];
  const auto begin = all.begin() + static_cast<std::ptrdiff_t>((std::stoul(group) - 1) * Tq);
  return {begin, begin + static_cast<std::ptrdiff_t>(Tq)};
}

double largest_of(const std::vector<std::vector<double>>& rows) {
  double largest = 0.0;
  for (const auto& row : rows) {
    for (const double weight : row) largest = std::max(largest, weight);
  }
  return largest;
}

/// The entry of that row and column, by their names.
double named(const Said& said, const std::vector<std::vector<double>>& rows, const std::string& row,
             const std::string& column) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t j = 0; j < rows[i].size(); ++j) {
      if (entry(said, "weights", 1, i) == row && entry(said, "weights", 2, j) == column) {
        return rows[i][j];
      }
    }
  }
  return -1.0;
}

double apart(const Said& said) {
  const auto one = head_rows(said, "1"), two = head_rows(said, "2");
  double most = 0.0;
  for (std::size_t i = 0; i < one.size(); ++i) {
    most = std::max(most, largest_distance(one[i], two[i]));
  }
  return most;
}

double total(const Said& said, std::size_t column) { return rows_of(said, "costs").back()[column]; }

double heads(const Said& said) { return static_cast<double>(said.shape("heads")[0]); }

bool hidden(const Said& said) { return hidden_weights_are_0(said); }

}  // namespace

TEST_CASE("multi-head: what it says of numbers is so", "[chapters][claims][law]") {
  const std::string normal = "{random: normal, shape: [4, 4], seed: #}";
  const std::vector<Variation> variations{
      {"inputs.queries", {"{random: normal, shape: [3, 4], seed: #}", "{fill: 0}", "{fill: 1}"}},
      {"inputs.keys", {"{random: normal, shape: [3, 4], seed: #}", "{fill: 0, shape: [3, 4]}"}},
      {"inputs.values", {"{random: normal, shape: [3, 4], seed: #}"}},
      {"parameters.W_q", {normal, "{fill: 0}"}},
      {"parameters.W_k", {normal}},
      {"parameters.W_v", {normal, "{fill: 0}"}},
      {"parameters.W_o", {normal, "{fill: 0}"}},
      {"parameters.b_q", {"{random: normal, shape: [4], seed: #}"}},
      {"parameters.b_o", {"{random: normal, shape: [4], seed: #}"}},
      {"inputs.mask", {"[[1, 0, 0], [0, 0, 0], [1, 1, 1]]", "{fill: 1, shape: [3, 3]}"}},
      {"inputs.d_output", {"{random: normal, shape: [3, 4], seed: #}", "{fill: 0}"}},
      {"options.heads", {"4", "1"}},
      {"options.attention", {"online_softmax"}},
      {"options.causal", {"true"}},
      {"options.valid_lens", {"0", "2"}},
      {"study.without_head", {"1"}},
  };
  const std::vector<Claim> claims{
      {"Self-attention: the Tq = ([0-9]+) rows are queries, keys and values alike\\.",
       [](const Said& said) { return !said.has("keys") && !said.has("values"); }},
      {"Tq = ([0-9]+) rows look at Tk = ([0-9]+) others\\.",
       [](const Said& said) {
         return said.number(1) == static_cast<double>(said.shape("q")[0]) &&
                said.number(2) == static_cast<double>(said.shape("k")[0]);
       }},
      {"Keys and values are made of the same rows\\.",
       [](const Said& said) { return !said.has("values"); }},
      {"H = ([0-9]+) heads?, each with queries and keys of width dk = ([0-9]+) and values of width "
       "dv = ([0-9]+)\\.",
       [](const Said& said) {
         return said.number(1) == heads(said) &&
                said.number(2) == static_cast<double>(said.shape("q_heads")[2]) &&
                said.number(3) == static_cast<double>(said.shape("v_heads")[2]);
       }},
      {"Each head has its columns, head 1 the first ([0-9]+) of W_q, .*",
       [](const Said& said) {
         return said.number(1) == static_cast<double>(said.shape("q_heads")[2]);
       }},
      repeats("There is one head, and all columns are its own\\."),
      repeats("So one product projects for all heads\\."),
      {"There are no biases\\.",
       [](const Said& said) { return !said.has("b_q") && !said.has("b_o"); }},
      {"The width that counts is that of a head, dk = ([0-9]+)\\.",
       [](const Said& said) {
         return are_times(said.values("scaled"), said.values("scores"),
                          1.0 / std::sqrt(said.number(1)));
       }},
      {"Scale", [](const Said& said) { return said.values("scaled") == said.values("masked"); }},
      {"Scale, and hide the keys that may not be seen", hidden},
      {"The mask is the same for every head\\.",
       [](const Said& said) {
         const auto one = rows_of(said, "masked");
         const std::size_t Tq = said.shape("masked")[1];
         for (std::size_t r = 0; r < one.size(); ++r) {
           for (std::size_t j = 0; j < one[r].size(); ++j) {
             if (std::isinf(one[r][j]) != std::isinf(one[r % Tq][j])) return false;
           }
         }
         return true;
       }},
      {"A query that may see no key attends to nothing, and its row is 0\\.",
       [](const Said& said) { return rows_are_weights(said, "weights", "masked"); }},
      repeats("The keys come in blocks of .*"),
      {"Scores and weights of ([0-9]+) x ([0-9]+) x ([0-9]+) never exist at once\\.",
       [](const Said& said) {
         return said.number(1) == heads(said) && !said.has("weights") && !said.has("scores");
       }},
      {"The multiplications of each product, counted entry by entry: for these ([0-9]+) heads, .*",
       [](const Said& said) { return said.number(1) == heads(said); }},
      repeats("The multiplications of each product, counted entry by entry\\."),
      {"Splitting the width costs nothing; the same numbers are grouped otherwise\\.",
       [](const Said& said) { return total(said, 0) == total(said, 1); }},
      {"What does grow with the heads is the softmax: ([0-9]+) exponentials here, ([0-9]+) with "
       "one "
       "head\\.",
       [](const Said& said) {
         const auto Tq = static_cast<double>(said.shape("q")[0]),
                    Tk = static_cast<double>(said.shape("k")[0]);
         return said.number(1) == heads(said) * Tq * Tk && said.number(2) == Tq * Tk;
       }},
      {"Head ([0-9]+) masked out",
       [](const Said& said) {
         std::vector<double> sum = said.values("without");
         const std::vector<double> change = said.values("change");
         for (std::size_t i = 0; i < sum.size(); ++i) sum[i] -= change[i];
         return nearly(sum, said.values("output"));
       }},
      {"A head that may see nothing reads 0, and its part is gone: head ([0-9]+) had ([0-9.]+) % "
       "of "
       "all, by their norms\\.",
       [](const Said& said) {
         const std::vector<double> sizes = said.values("sizes");
         const auto h = static_cast<std::size_t>(said.number(1)) - 1;
         return std::abs(said.number(2) - 100.0 * sizes[h] / sum_of(sizes)) <= 0.051;
       }},
      {"A head that may see nothing reads 0, and its part is gone: here every part is 0\\.",
       [](const Said& said) { return largest_size(said.values("parts")) == 0.0; }},
      repeats("As in the chapter scaled-dot-product, .*"),
      repeats("Block by block once more: .*"),
      repeats("The mean that the softmax's gradient needs is .*"),
      {"In head ([0-9]+) no weight is above the " + any_number + " that (.+) pays (.+)\\.",
       [](const Said& said) {
         const auto rows = head_rows(said, said.text(1));
         return said.shows(2, largest_of(rows)) &&
                nearly(named(said, rows, said.text(3), said.text(4)), largest_of(rows));
       }},
      {"In head ([0-9]+) no weight is above 0\\.",
       [](const Said& said) { return largest_of(head_rows(said, said.text(1))) == 0.0; }},
      {"Heads 1 and 2 look alike: no weights of theirs are 0\\.0001 apart\\.",
       [](const Said& said) { return apart(said) < 1e-4; }},
      {"Heads 1 and 2 are furthest apart where (.+) looks at (.+): " + any_number + " and " +
           any_number + "\\.",
       [](const Said& said) {
         const double one = named(said, head_rows(said, "1"), said.text(1), said.text(2)),
                      two = named(said, head_rows(said, "2"), said.text(1), said.text(2));
         return said.shows(3, one) && said.shows(4, two) &&
                nearly(std::abs(one - two), apart(said));
       }},
      {"Nothing to look at is left for ([0-9]+) (query|queries): every head reads 0, .*",
       [](const Said& said) {
         return said.number(1) * heads(said) == rows_without_weight(said, "weights");
       }},
      {"For each query and head two numbers were kept, ([0-9]+) in all, in place of a score for "
       "each "
       "key, ([0-9]+) in all\\.",
       [](const Said& said) {
         const auto kept = static_cast<double>(said.values("maxima").size());
         return said.number(1) == 2 * kept &&
                said.number(2) == kept * static_cast<double>(said.shape("k")[0]);
       }},
  };
  check_claims("multi-head", variations, claims);
}
