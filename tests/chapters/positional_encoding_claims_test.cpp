/// What positional-encoding says about numbers, under random configs.
#include <catch2/catch_test_macros.hpp>

#include "tests/support/attention_claims.hpp"

using namespace attn::test;

namespace {

const std::string number = any_number;

bool shows_g(const Said& said, std::size_t group, double value, double digits = 6e-4) {
  return std::abs(said.number(group) - value) <= digits * std::abs(value) + 1e-12;
}

double found(const Said& said, const std::string& name) {
  return said.values(name + ".difference").front();
}

double largest_value(const Said& said, const std::string& name) {
  return std::max(largest_size(said.values(name + ".context")), 1e-3);
}

/// Of the step that speaks: "without" or "with".
bool is_rounding(const Said& said, const std::string& name) {
  return found(said, name) <= 1e-10 * largest_value(said, name);
}

bool moves(const Said& said) {
  return said.labels("with.context", 0) != said.labels("with.permuted.context", 0);
}

/// "the contexts differ by up to 1.5" or "each word gets the same context"
bool told(const Said& said, std::size_t group, const std::string& name) {
  std::smatch match;
  const std::string text = said.text(group);
  if (text == "each word gets the same context") return is_rounding(said, name);
  return std::regex_match(text, match, std::regex("the contexts differ by up to " + number)) &&
         std::abs(std::stod(match[1]) - found(said, name)) <= 0.06 * found(said, name);
}

std::vector<double> mean_by_distance(const Said& said) {
  std::vector<double> means;
  for (const auto& row : rows_of(said, "by_distance")) means.push_back(row[1]);
  return means;
}

}  // namespace

TEST_CASE("positional-encoding: what it says of numbers is so", "[chapters][claims][law]") {
  const std::vector<Variation> variations{
      {"inputs.X",
       {"{random: normal, shape: [3, 4], seed: #}", "{fill: 0}", "{fill: 2}",
        "[[1, 0, 2, 0], [0, 2, 0, 0], [1, 0, 2, 0]]"}},
      {"parameters.P",
       {"{random: normal, shape: [7, 4], seed: #}", "{fill: 0, shape: [6, 4]}",
        "{fill: 1, shape: [7, 4]}"}},
      {"inputs.mask", {"[[1, 0, 0], [0, 0, 0], [1, 1, 1]]", "{fill: 1}", "{fill: 0}"}},
      {"inputs.d_context", {"{random: normal, shape: [3, 4], seed: #}"}},
      {"options.positions", {"learned"}},
      {"options.T", {"3", "4", "6"}},
      {"options.base", {"1", "0.01", "2", "1e8"}},
      {"options.layout", {"halves"}},
      {"options.shift", {"0", "-3", "40"}},
      {"options.scale", {"none", "3"}},
      {"options.causal", {"true"}},
      {"options.valid_lens", {"0", "2"}},
      {"study.permutation", {"[0, 1, 2]", "[1, 0, 2]"}},
      {"study.map_positions", {"1", "3"}},
      {"study.map_width", {"2", "4", "8"}},
  };
  const auto step_name = [](const Said& said) { return said.step; };
  const std::vector<Claim> claims{
      {"Hands of a clock(, from fast to slow)?",
       [](const Said& said) {
         const std::vector<double> w = said.values("frequencies");
         return said.text(1).empty() == (w.size() == 1 || w[1] >= w[0]);
       }},
      {"The first is 1 radian a position, so its wave is 2 pi positions long; (.*)\\.",
       [](const Said& said) {
         const std::vector<double> w = said.values("frequencies");
         std::smatch match;
         const std::string text = said.text(1);
         if (w[0] != 1.0) return false;
         if (text == "with base 1 the others are as fast") return w.back() == 1.0;
         return std::regex_match(
                    text, match,
                    std::regex("each further one is (slower|faster), (down|up) to " + number)) &&
                (match[1] == "slower") == (w[1] < w[0]) &&
                std::abs(std::stod(match[3]) - w.back()) <= 6e-3 * w.back();
       }},
      repeats("Entries 2i and 2i\\+1 are a pair: .*"),
      repeats("Together they tell the position, .*"),
      repeats("Laid out in halves: .*"),
      {"Shaded from -1 to 1\\.",
       [](const Said& said) { return largest_size(said.values("encoding")) <= 1.0; }},
      repeats("The numbers are those of the paper, in other columns\\."),
      {"([0-9]+) positions? and ([0-9]+) columns, each number a shade between -1 and 1\\.",
       [](const Said& said) {
         const auto shape = said.shape("map");
         return said.number(1) == static_cast<double>(shape[0]) &&
                said.number(2) == static_cast<double>(shape[1]) &&
                largest_size(said.values("map")) <= 1.0;
       }},
      {"The left half are sines, the right half cosines\\.",
       [](const Said& said) {  // those of position 0 are 0 and 1
         const std::vector<double> row = rows_of(said, "map")[0];
         return row.front() == 0.0 && row[row.size() / 2 - 1] == 0.0 && row[row.size() / 2] == 1.0;
       }},
      {"(On the left|In each, on the left) are the fast pairs, .*",
       [](const Said& said) { return said.shape("map")[1] > 2; }},
      {"The slowest pair turns by " + number + " over all of them: its cosine has hardly left 1\\.",
       [](const Said& said) {
         const double cosine = rows_of(said, "map").back().back();
         return cosine > 0.87 && std::abs(std::cos(said.number(1)) - cosine) < 0.03;
       }},
      {"One matrix moves every position by k = (.*)",
       [](const Said& said) {
         return largest_distance(said.values("moved"), said.values("shifted")) < 1e-9;
       }},
      {"PE\\((-?[0-9]+)\\), PE\\((-?[0-9]+)\\), …: computed from their own angles\\.",
       [](const Said& said) { return said.number(2) == said.number(1) + 1; }},
      {"Beside the step before they are the same (to the last bit|but for rounding: .*)\\.",
       [](const Said& said) {
         const double difference = said.values("shift_difference").front();
         return said.text(1) == "to the last bit" ? difference == 0.0 : difference < 1e-9;
       }},
      {"The dot product of each position with each\\.", [](const Said&) { return true; }},
      {"On the diagonal dm/2: every pair adds sin\\^2 \\+ cos\\^2 = 1\\.",
       [](const Said& said) {
         const auto rows = rows_of(said, "similarity");
         for (std::size_t p = 0; p < rows.size(); ++p) {
           if (!nearly(rows[p][p], 2.0)) return false;
         }
         return true;
       }},
      {"The numbers are the same along each diagonal\\.",
       [](const Said& said) {
         const auto rows = rows_of(said, "similarity");
         for (std::size_t p = 1; p < rows.size(); ++p) {
           for (std::size_t q = 1; q < rows.size(); ++q) {
             if (!nearly(rows[p][q], rows[p - 1][q - 1])) return false;
           }
         }
         return true;
       }},
      {"For r = ([0-9]+) the smallest and the largest are " + number + " apart: nothing makes .*",
       [](const Said& said) {
         const auto row = rows_of(said, "by_distance")[static_cast<std::size_t>(said.number(1))];
         return shows_g(said, 2, row[2] - row[0], 0.06) && row[2] > row[0];
       }},
      {"No two pairs that are equally far apart differ here\\.",
       [](const Said& said) {
         for (const auto& row : rows_of(said, "by_distance")) {
           if (row[2] != row[0]) return false;
         }
         return true;
       }},
      {"The smallest and the largest are the same but for rounding, .*",
       [](const Said& said) {
         for (const auto& row : rows_of(said, "by_distance")) {
           if (!nearly(row[2], row[0])) return false;
         }
         return true;
       }},
      {"It does not always fall as r grows, .*: from r = ([0-9]+) to ([0-9]+) it rises\\.",
       [](const Said& said) {
         const std::vector<double> means = mean_by_distance(said);
         return means[static_cast<std::size_t>(said.number(2))] >
                means[static_cast<std::size_t>(said.number(1))];
       }},
      {"As far as this table goes it never rises with r\\.",
       [](const Said& said) {
         const std::vector<double> means = mean_by_distance(said);
         for (std::size_t r = 1; r < means.size(); ++r) {
           if (means[r] > means[r - 1] + 1e-8) return false;
         }
         return true;
       }},
      repeats("Positions that are learned: a row of a table"),
      {"P has a row for each position that was ever trained, ([0-9]+) here; .*",
       [](const Said& said) {
         return said.number(1) >= static_cast<double>(said.shape("encoding")[0]);
       }},
      repeats("There is none beyond the last\\."),
      repeats("A sine and a cosine of each angle"),
      repeats("Self-attention of X, with the words themselves .*"),
      repeats("A mask hides places, and so what a word sees can change where it moves\\."),
      {"The order is (.*); compared are .*, and they are the same (to the last bit|but for "
       "rounding: the largest difference is " +
           number + ")\\.",
       [](const Said& said) { return is_rounding(said, "with"); }},
      {"The order is .*; compared are .*, and they are not the same: the largest difference is " +
           number + "\\.",
       [](const Said& said) {
         return !is_rounding(said, "with") && said.shows(1, found(said, "with"));
       }},
      {"Compared are C\\(Pi X\\) and Pi C\\(X\\), and they are the same (to the last bit|but for "
       "rounding: the largest difference is .*)\\.",
       [](const Said& said) { return is_rounding(said, "without"); }},
      {"Compared are C\\(Pi X\\) and Pi C\\(X\\), and they are not the same: the largest "
       "difference is " +
           number + "\\.",
       [](const Said& said) {
         return !is_rounding(said, "without") && said.shows(1, found(said, "without"));
       }},
      {"(With|Without) positions, in an order that moves no word",
       [](const Said& said) { return !moves(said); }},
      {"With positions, order makes a difference",
       [step_name](const Said& said) { return !is_rounding(said, step_name(said)); }},
      {"(With positions, and still no difference|Without positions, order makes no difference|"
       "Without positions, with a mask)",
       [step_name](const Said& said) { return is_rounding(said, step_name(said)); }},
      {"Without positions, but with a mask, which hides places",
       [](const Said& said) { return !is_rounding(said, "without"); }},
      {"The product of a position with itself is " + number + " in the mean, with the next one " +
           number + ", with one ([0-9]+) away " + number + "\\.",
       [](const Said& said) {
         const std::vector<double> means = mean_by_distance(said);
         return shows_g(said, 1, means[0]) && shows_g(said, 2, means[1]) &&
                shows_g(said, 4, means[static_cast<std::size_t>(said.number(3))]) &&
                said.number(3) + 1 == static_cast<double>(means.size());
       }},
      {"One matrix, without p in it, moved ([0-9]+) positions at once by k = -?[0-9]+\\.",
       [](const Said& said) {
         return said.number(1) == static_cast<double>(said.shape("moved")[0]);
       }},
      {"In the order .*, without positions (.*); with them (.*)\\.",
       [](const Said& said) { return told(said, 1, "without") && told(said, 2, "with"); }},
  };
  check_claims("positional-encoding", variations, claims);
}
