/// What nadaraya-watson says about numbers, under random configs.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <numeric>

#include "tests/support/claims.hpp"
#include "tests/support/weight_claims.hpp"

using namespace attn::test;

namespace {

/// How many rows of the weights are 0.
double alone(const Said& said) {
  const std::vector<double> weights = said.values("weights");
  const std::size_t width = said.shape("weights")[1];
  double count = 0.0;
  for (std::size_t i = 0; i < weights.size(); i += width) {
    const auto row = weights.begin() + static_cast<std::ptrdiff_t>(i);
    count += std::all_of(row, row + static_cast<std::ptrdiff_t>(width),
                         [](double weight) { return weight == 0.0; });
  }
  return count;
}

double extreme(std::vector<double> numbers, bool largest) {
  const auto [low, high] = std::minmax_element(numbers.begin(), numbers.end());
  return largest ? *high : *low;
}

std::vector<double> reached(const Said& said) {
  const std::vector<double> weights = said.values("weights"), predicted = said.values("prediction");
  const std::size_t width = said.shape("weights")[1];
  std::vector<double> found;
  for (std::size_t i = 0; i < predicted.size(); ++i) {
    const auto row = weights.begin() + static_cast<std::ptrdiff_t>(i * width);
    if (std::accumulate(row, row + static_cast<std::ptrdiff_t>(width), 0.0) > 0.0) {
      found.push_back(predicted[i]);
    }
  }
  return found;
}

bool no_bandwidth_matters(const Said& said) {
  const std::vector<double> predicted = said.values("bandwidths.prediction");
  const std::size_t width = said.shape("bandwidths.prediction")[1];
  for (std::size_t i = 0; i < predicted.size(); ++i) {
    if (std::abs(predicted[i] - predicted[i / width * width]) > 1e-12) return false;
  }
  return true;
}

/// "the error is smallest at h = 1, between smaller and larger ones", and the like.
bool best_bandwidth(const Said& said) {
  const std::vector<double> errors = said.values("bandwidths.error");
  std::vector<double> widths;
  for (const std::string& label : said.labels("bandwidths.error", 0)) {
    widths.push_back(std::stod(label.substr(2)));
  }
  const double least = extreme(errors, false);
  const auto as_good = std::count_if(errors.begin(), errors.end(),
                                     [&](double error) { return error <= least * (1.0 + 1e-9); });
  std::smatch match;
  const std::string text = said.text(1);
  if (std::regex_match(text, match, std::regex("([0-9]+) of them do equally well"))) {
    return std::stol(match[1]) == as_good && as_good > 1;
  }
  if (std::regex_match(text, match, std::regex("with h = (\\S+) the error is (\\S+)"))) {
    return errors.size() == 1 && std::stod(match[1]) == widths[0] &&
           std::abs(std::stod(match[2]) - least) <= 1e-3 * least;
  }
  if (!std::regex_match(text, match, std::regex(".*h = ([-+0-9.e]+)( does better|, .*)"))) {
    return false;
  }
  const double h = std::stod(match[1]);
  const auto at = std::find(widths.begin(), widths.end(), h);
  const bool smallest = h == extreme(widths, false), largest = h == extreme(widths, true);
  const std::string end = match[2];
  const bool fits = end == " does better" ? widths.size() == 2
                    : smallest            ? end.find("the smallest of these") != end.npos
                    : largest             ? end.find("the largest of these") != end.npos
                                          : end == ", between smaller and larger ones";
  return as_good == 1 && at != widths.end() &&
         errors[static_cast<std::size_t>(at - widths.begin())] == least && fits;
}

const std::string number = "(-?[0-9.]+(?:e[-+][0-9]+)?)";

}  // namespace

TEST_CASE("nadaraya-watson: what it says of numbers is so", "[chapters][claims][law]") {
  check_claims(
      "nadaraya-watson",
      {{"options.kernel", {"gaussian", "boxcar", "epanechnikov", "triangular", "constant"}},
       {"options.bandwidth", {"0.001", "0.3", "1", "5", "1e6"}},
       {"inputs.queries", {"{random: normal, shape: [3, 1], seed: #}", "[0, 1, 3]"}},
       {"inputs.keys", {"{random: normal, shape: [4, 1], seed: #}", "[2, 2, 2, 2]"}},
       {"inputs.values", {"{random: normal, shape: [4, 1], seed: #}", "[1, 1, 1, 1]"}},
       {"inputs.mask", {"[[0, 1, 1, 0], [0, 0, 0, 0], [1, 1, 1, 1]]"}},
       {"compare.bandwidths", {"[1]", "[1, 2]", "[0.1, 1, 10]", "[1, 1e3, 1e5]"}},
       {"training.initial_w", {"0.1", "1", "2"}},
       {"training.epochs", {"1", "3"}},
       {"training.learning_rate", {"1e-6", "1e-3"}}},
      {
          repeats("The \\S+ kernel: K\\(u\\) = .*"),
          repeats("All with the \\S+ kernel\\."),
          repeats("All with the bandwidth .*"),
          repeats("The Gaussian kernel with w = 1/h as a parameter, w = .* to begin with\\."),
          repeats("The loss is the sum of the squared errors, the learning rate .*"),
          {"The constant kernel does not look at distances: no bandwidth changes anything\\.",
           no_bandwidth_matters},
          repeats("Too small, and each query copies its nearest key, noise and all; .*"),
          repeats("A query whose nearest key is farther than that finds none in reach\\."),
          {"To judge, predict each point from all the others: (.*)\\.", best_bandwidth},
          {"No weight is above 0\\.",
           [](const Said& said) { return extreme(said.values("weights"), true) == 0.0; }},
          {"([0-9]+) (query has|queries have) no key in reach, and the prediction 0\\.",
           [](const Said& said) { return said.number(1) == alone(said) && said.number(1) > 0; }},
          {"The values go from " + number + " to " + number + ", the predictions from " + number +
               " to " + number + ": an average never leaves what it is made of\\.",
           [](const Said& said) {
             const std::vector<double> values = said.values("values"), found = reached(said);
             const double slack = 1e-12 * extreme(values, true);
             return said.shows(1, extreme(values, false)) && said.shows(2, extreme(values, true)) &&
                    said.shows(3, extreme(found, false)) && said.shows(4, extreme(found, true)) &&
                    extreme(found, false) >= extreme(values, false) - slack &&
                    extreme(found, true) <= extreme(values, true) + slack;
           }},
          largest_weight_claim("weights"),
          equal_largest_weights_claim("weights"),
          {"Training took w = 1/h from " + number + " to " + number + ", and the loss from " +
               number + " to " + number + "\\.",
           [](const Said& said) {
             const std::vector<double> w = said.values("training.w"),
                                       loss = said.values("training.loss");
             return said.shows(1, w.front()) && said.shows(2, w.back()) &&
                    said.shows(3, loss.front()) && said.shows(4, loss.back());
           }},
      });
}
