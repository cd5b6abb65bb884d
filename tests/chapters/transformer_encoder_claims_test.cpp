/// What transformer-encoder says about numbers, under random configs.
#include <catch2/catch_test_macros.hpp>

#include "tests/support/attention_claims.hpp"

using namespace attn::test;

namespace {

const std::string normal_layers = "{random: normal, shape: [2, 4, 4], seed: #}";

double variance_of(const std::vector<double>& row) {
  const double mean = sum_of(row) / static_cast<double>(row.size());
  double sum = 0.0;
  for (const double x : row) sum += (x - mean) * (x - mean);
  return sum / static_cast<double>(row.size());
}

std::vector<double> variances(const Said& said, const std::string& tensor) {
  std::vector<double> found;
  for (const auto& row : rows_of(said, tensor)) found.push_back(variance_of(row));
  return found;
}

double mean_length(const Said& said, const std::string& tensor) {
  const auto rows = rows_of(said, tensor);
  double sum = 0.0;
  for (const auto& row : rows) {
    double squares = 0.0;
    for (const double x : row) squares += x * x;
    sum += std::sqrt(squares);
  }
  return sum / static_cast<double>(rows.size());
}

/// "from 0.25 to 2.447" or "of about 1" in that group.
bool spreads(const Said& said, std::size_t group, const std::vector<double>& numbers) {
  const auto [low, high] = std::minmax_element(numbers.begin(), numbers.end());
  std::smatch match;
  const std::string text = said.text(group);
  const auto close = [](const std::string& shown, double value, double digits) {
    return std::abs(std::stod(shown) - value) <= digits * std::abs(value) + 1e-12;
  };
  if (std::regex_match(text, match, std::regex("of about " + any_number))) {
    return close(match[1], *low, 6e-2) && close(match[1], *high, 6e-2) &&
           *high - *low <= 3e-3 * *high;
  }
  return std::regex_match(text, match, std::regex("from " + any_number + " to " + any_number)) &&
         close(match[1], *low, 1e-3) && close(match[2], *high, 1e-3);
}

std::vector<double> column(const Said& said, const std::string& tensor, std::size_t j) {
  std::vector<double> found;
  for (const auto& row : rows_of(said, tensor)) found.push_back(row[j]);
  return found;
}

/// Does the norm come after the attention?
bool is_post(const Said& said) {
  for (const auto& step : said.trace.at("steps")) {
    if (step.at("id") == "layer1.norm_1") return false;
    if (step.at("id") == "layer1.attention") return true;
  }
  return false;
}

std::vector<double> difference(std::vector<double> a, const std::vector<double>& b) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] -= b[i];
  return a;
}

double blind_words(const Said& said) {
  const auto mask = rows_of(said, "mask");
  return static_cast<double>(std::count_if(
      mask.begin(), mask.end(), [](const auto& row) { return largest_size(row) == 0.0; }));
}

bool same_ratio(const Said& said, std::size_t group, double a, double b) {
  return std::abs(said.number(group) - a / b) <= 6e-3 * std::abs(a / b);
}

}  // namespace

TEST_CASE("transformer-encoder: what it says of numbers is so", "[chapters][claims][law]") {
  const std::vector<Variation> variations{
      {"tokens.words", {"[you, you, you]", "[me, love, I]"}},
      {"parameters.E", {"{random: normal, shape: [4, 4], seed: #}", "{fill: 0}"}},
      {"parameters.W_q", {normal_layers, "{fill: 0}"}},
      {"parameters.W_k", {normal_layers, "{fill: 0}"}},
      {"parameters.W_v", {normal_layers, "{fill: 0}"}},
      {"parameters.W_o", {normal_layers, "{fill: 0}", "{fill: 3}"}},
      {"parameters.W_1", {"{random: normal, shape: [2, 4, 6], seed: #}", "{fill: 0}"}},
      {"parameters.W_2", {"{random: normal, shape: [2, 6, 4], seed: #}", "{fill: 0}"}},
      {"parameters.gamma_1", {"{random: normal, shape: [2, 4], seed: #}", "{fill: 0}"}},
      {"parameters.beta_2", {"{random: normal, shape: [2, 4], seed: #}"}},
      {"parameters.b_o", {"{random: normal, shape: [2, 4], seed: #}"}},
      {"inputs.mask", {"[[1, 0, 0], [0, 0, 0], [1, 1, 1]]", "{fill: 0}", "{fill: 1}"}},
      {"inputs.d_output", {"{random: normal, shape: [3, 4], seed: #}", "{fill: 0}"}},
      {"options.heads", {"1", "4"}},
      {"options.norm", {"pre"}},
      {"options.activation", {"gelu", "gelu_tanh"}},
      {"options.epsilon", {"1", "1e-12"}},
      {"options.final_norm", {"true"}},
      {"options.positions", {"none"}},
      {"options.causal", {"true"}},
      {"options.valid_lens", {"0", "2", "[3, 0, 1]"}},
      {"study.layers", {"1", "2"}},
  };
  const std::vector<Claim> own{
      {"Its position is added to that\\.",
       [](const Said& said) {
         return nearly(difference(said.values("x"), said.values("scaled")), said.values("PE"));
       }},
      {"No positions",
       [](const Said& said) { return nearly(said.values("x"), said.values("scaled")); }},
      {"Where each word stands", [](const Said& said) { return said.has("PE"); }},
      {"options\\.positions is none: nothing is added that says where a word stands\\.",
       [](const Said& said) { return nearly(said.values("x"), said.values("scaled")); }},
      repeats("Without a mask, the same words in another order then give the same rows in that "
              "order\\."),
      repeats("Attention alone sees a set of words, .*"),
      repeats("So each place has a vector of its own, which is added to the word's\\."),
      repeats("Here it is made of sines and cosines; .*"),
      {"(One head|([0-9]+) heads, each) of width ([0-9]+): .*",
       [](const Said& said) {
         const auto shape = said.shape("layer1.attention.k_heads");
         const auto heads = static_cast<double>(shape[0]);
         return (said.text(1) == "One head" ? heads == 1.0 : said.number(2) == heads) &&
                said.number(3) == static_cast<double>(shape[2]);
       }},
      repeats("Queries, keys and values are all made of the same (normed )?x\\."),
      {"Every position by itself, .* close to 1 where epsilon = (.*) is small beside it\\.",
       [](const Said& said) {
         const std::vector<double> was = said.values("layer1.norm_1.variance"),
                                   is = variances(said, "layer1.norm_1.normalised");
         for (std::size_t i = 0; i < was.size(); ++i) {
           if (std::abs(is[i] - was[i] / (was[i] + said.number(1))) > 1e-6) return false;
         }
         return true;
       }},
      repeats("Whatever comes to a norm, gamma and beta say what goes on to the next sublayer\\."),
      repeats("What a sublayer is given is normed; what runs around it is not\\."),
      {"The variance that the norms are given goes from " + any_number + " at the first to " +
           any_number + " at the last; what they give has variances (.*)\\.",
       [](const Said& said) {
         const std::vector<double> given = column(said, "norms", 1);
         return std::abs(said.number(1) - given.front()) <= 1e-3 * given.front() &&
                std::abs(said.number(2) - given.back()) <= 1e-3 * given.back() &&
                spreads(said, 3, column(said, "norms", 3));
       }},
      repeats("In pre-norm nothing has normalised what the last layer added\\."),
      repeats("The last layer has ended with a norm already; .*"),
      repeats("This does\\."),
      {"The same layers in both orders, again and again until there are ([0-9]+)\\.",
       [](const Said& said) {
         return static_cast<double>(said.shape("stream_variance")[0]) == said.number(1) + 1;
       }},
      {"The same layers in both orders, as many as there are\\.",
       [](const Said& said) { return said.shape("stream_variance")[0] == 3; }},
      {"At the last layer, next to the output, it is " + any_number + " with post-norm and " +
           any_number + " with pre-norm(, a factor of " + any_number + ")?\\.",
       [](const Said& said) {
         const auto last = rows_of(said, "weight_gradient").back();
         const bool sizes = std::abs(said.number(1) - last[0]) <= 6e-3 * last[0] &&
                            std::abs(said.number(2) - last[1]) <= 6e-3 * last[1];
         return sizes && (said.text(3).empty() || same_ratio(said, 4, last[0], last[1]));
       }},
      {"From the first layer to the last it changes by a factor of " + any_number +
           " with post-norm and of " + any_number + " with pre-norm\\.",
       [](const Said& said) {
         const auto rows = rows_of(said, "weight_gradient");
         return same_ratio(said, 1, rows.back()[0], rows.front()[0]) &&
                same_ratio(said, 2, rows.back()[1], rows.front()[1]);
       }},
      {"From a stack of 1 layer to one of ([0-9]+) the size at its last layer changes by a factor "
       "of " +
           any_number + " with post-norm and of " + any_number + " with pre-norm; 1/sqrt.*",
       [](const Said& said) {
         const auto rows = rows_of(said, "last_layer_gradient");
         return same_ratio(said, 2, rows.back()[0], rows.front()[0]) &&
                same_ratio(said, 3, rows.back()[1], rows.front()[1]);
       }},
      repeats("First the norm: what would only shift a row has no effect, .*"),
      repeats("Then the gradient goes both ways: through the network, and around it\\."),
      repeats("The gradient goes both ways: around the network as it came, .*"),
      {"In layer 1 no weight is above 0\\.",
       [](const Said& said) {
         return largest_size(said.values("layer1.attention.weights")) == 0.0;
       }},
      {"No weight of layer 1 is above the " + any_number +
           " that (.+) pays (.+) in head ([0-9]+)\\.",
       [](const Said& said) {
         const auto rows = rows_of(said, "layer1.attention.weights");
         const std::vector<double> all = said.values("layer1.attention.weights");
         const double largest = *std::max_element(all.begin(), all.end());
         const std::vector<std::string> words = said.labels("x", 0);
         const auto head = static_cast<std::size_t>(said.number(4)) - 1;
         for (std::size_t i = 0; i < words.size(); ++i) {
           for (std::size_t j = 0; j < words.size(); ++j) {
             if (words[i] == said.text(2) && words[j] == said.text(3) &&
                 rows[head * words.size() + i][j] == largest) {
               return said.shows(1, largest);
             }
           }
         }
         return false;
       }},
      {"Nothing to look at is left for ([0-9]+) words?: the heads read 0 there\\.",
       [](const Said& said) {
         return said.number(1) == blind_words(said) && blind_words(said) > 0;
       }},
      {"In layer 1 attention adds rows of mean length " + any_number + " to rows of " + any_number +
           ", and the network rows of " + any_number + " to rows of " + any_number +
           ": neither replaces what was there\\.",
       [](const Said& said) {
         const auto is = [&](std::size_t group, const std::string& tensor) {
           const double length = mean_length(said, tensor);
           return std::abs(said.number(group) - length) <= 1e-3 * length;
         };
         return is(1, "layer1.attention.output") && is(2, "x") && is(3, "layer1.feed_forward.y") &&
                nearly(said.values("layer1.add_1.sum"),
                       [&] {
                         std::vector<double> sum = said.values("x");
                         const auto more = said.values("layer1.attention.output");
                         for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += more[i];
                         return sum;
                       }()) &&
                (is_post(said) ? is(4, "layer1.norm_1.y") : is(4, "layer1.add_1.sum"));
       }},
      {"The rows that go in have variances (.+), those that come out (.+)\\.",
       [](const Said& said) {
         const std::string out = said.has("final_norm.y") ? "final_norm.y"
                                 : is_post(said)          ? "layer2.norm_2.y"
                                                          : "layer2.add_2.sum";
         return spreads(said, 1, variances(said, "x")) && spreads(said, 2, variances(said, out));
       }},
  };
  check_claims("transformer-encoder", variations, own);
}
