#include <fmt/format.h>

#include "chapters/parts/nadaraya_watson_inputs.hpp"
#include "chapters/parts/nadaraya_watson_studies.hpp"
#include "chapters/parts/seen.hpp"
#include "chapters/registry.hpp"

namespace attn::chapters {
namespace {

namespace kr = kernel_regression;
using nadaraya_watson_inputs::kernel_named;
using nadaraya_watson_inputs::NamedKernel;
using nadaraya_watson_inputs::Points;
namespace studies = nadaraya_watson_studies;

std::vector<std::string> names_of(const Mat& points) {
  std::vector<std::string> names;
  for (const double x : points) names.push_back(fmt::format("x={:.3g}", x));
  return names;
}

std::vector<trace::Words> forward_words(const NamedKernel& kernel) {
  return {
      {"distances", "How far is each query from each key?",
       "The Euclidean distance. On a line it is the absolute difference."},
      {"u", "Measure the distances in bandwidths",
       "A key one bandwidth away has u = 1, whatever the scale of the data."},
      {"kernel", "Let the kernel say how much a key counts",
       fmt::format("The {} kernel: K(u) = {}. A constant factor would cancel in the weights and is "
                   "left out.",
                   kernel.title, kernel.formula)},
      {"scores", "The same as scores",
       "The logarithm of the kernel, so that the softmax of the scores is the kernel over its sum. "
       "Where the kernel is 0, the score is -inf."},
      {"masked", "Hide the keys that may not be seen",
       "A score of -inf becomes a weight of exactly 0. Without inputs.mask nothing changes here."},
      {"weights", "Turn each row into weights that sum to 1",
       "Each kernel value over the sum of its row: the attention that this query pays to each key. "
       "A query with no key in reach attends to nothing, and its row is 0."},
      {"prediction", "Average the values with these weights",
       "This is kernel regression, and it is attention: queries and keys decide how much, values "
       "say what. Without a key in reach the prediction is 0."},
  };
}

const std::vector<trace::Words>& backward_words() {
  static const std::vector<trace::Words> words{
      {"d_values", "Back through the average, to the values",
       "A value gets as much gradient as it got attention."},
      {"d_weights", "Back through the average, to the weights",
       "A weight matters as much as its value points along the gradient."},
      {"d_scores", "Back through the softmax",
       "Only the difference from the row's weighted mean counts. A masked key gets exactly 0."},
      {"d_u", "Back through the kernel",
       "The slope of log K: -u for the Gaussian kernel, 0 where a kernel is flat or has a kink."},
      {"d_bandwidth", "Back to the bandwidth",
       "One number: what a little more bandwidth would do to the loss. This is what can be "
       "learned."},
      {"d_distances", "Back to the distances", "The bandwidth divides on the way back too."},
      {"d_queries", "Back to the queries",
       "Each distance acts along the line from key to query, and not at all where they meet."},
      {"d_keys", "Back to the keys", "The same lines, the other way."},
  };
  return words;
}

void show_points(trace::Builder& trace, const Points& p, bool drawn) {
  if (cols(p.keys) == 1) {
    trace.label("Tq", names_of(p.queries));
    trace.label("Tk", names_of(p.keys));
  }
  trace.step("points", "Points with known values, and queries without",
             fmt::format("Tk = {} keys, each with a value; Tq = {} queries, whose values are to be "
                         "predicted from those of the keys nearby.{}",
                         rows(p.keys), rows(p.queries),
                         drawn ? " The values are y = 2 sin x + x^0.8 and noise; the truth is the "
                                 "curve without it."
                               : ""));
  trace.tensor({"keys", "Tk,dk", "k_j"}, p.keys);
  trace.tensor({"values", "Tk,dv", "v_j"}, p.values);
  trace.tensor({"queries", "Tq,dk", "q_i"}, p.queries);
  if (p.truth) trace.tensor({"truth", "Tq,dv", "2 sin x + x^0.8"}, *p.truth);
}

/// That an average stays among the values, and who listens to whom.
std::string seen(const trace::Builder& trace, const Points& p, const kr::Forward& f) {
  std::vector<double> reached;  // predictions of queries with a key in reach
  std::size_t alone = 0;
  for (std::size_t i = 0; i < rows(f.weights); ++i) {
    if (!attends(f.weights, i)) {
      ++alone;
    } else if (cols(p.values) == 1) {
      reached.push_back(f.prediction(i, 0));
    }
  }
  std::string said;
  if (alone > 0) {
    said = fmt::format("{} no key in reach, and the prediction 0. ",
                       counted(alone, "query has", "queries have"));
  }
  if (!reached.empty()) {
    const auto [least, most] = std::minmax_element(reached.begin(), reached.end());
    const auto [low, high] = std::minmax_element(p.values.begin(), p.values.end());
    said += fmt::format(
        "The values go from {:.4g} to {:.4g}, the predictions from {:.4g} to {:.4g}: "
        "an average never leaves what it is made of. ",
        *low, *high, *least, *most);
  }
  return said + largest_weight(trace, f.weights, {"query", "Tq"}, {"key", "Tk"});
}

void run(const io::Config& config, const Request& request, trace::Builder& trace) {
  const Points p = nadaraya_watson_inputs::points(config);
  const NamedKernel& kernel = kernel_named(config.choice("options.kernel"));
  const double bandwidth = config.number("options.bandwidth");

  show_points(trace, p, config.has("data.points"));
  if (config.has("inputs.mask")) {
    trace.step("mask", "Who may attend to whom", "A tick means \"attend\".");
    trace.tensor({"mask", "Tq,Tk", "", "", Kind::mask}, p.mask);
  }
  trace.step("bandwidth", "The distance that counts as 1",
             "The bandwidth h is the one parameter. It can be chosen, or learned.");
  trace.tensor({"bandwidth", "", ""}, bandwidth);

  const kr::Forward f = studies::blame(
      config, "options.bandwidth", [&] { return studies::forward(p, kernel.kernel, bandwidth); });
  trace.walk(f, forward_words(kernel));
  studies::plot(trace, p, "data and fit", {{"fit", "prediction"}});

  std::string shown = seen(trace, p, f);
  if (config.has("compare.kernels")) studies::compare_kernels(trace, config, p);
  if (config.has("compare.bandwidths")) studies::compare_bandwidths(trace, config, p);
  if (config.has("training.epochs")) {
    try {
      shown += studies::learn_width(trace, config, p);
    } catch (const Unfinished&) {  // the backward pass below says what is missing
    }
  }

  if (request.gradients) {
    const Mat d_prediction = config.has("inputs.d_prediction")
                                 ? config.matrix("inputs.d_prediction")
                                 : Mat(f.prediction.shape(), 1.0);
    trace.step("d_prediction", "Where the gradient comes from",
               "The backward pass starts from the gradient of the loss with respect to the "
               "prediction. All ones means that the loss is the sum of its entries.");
    trace.tensor({"d_prediction", "Tq,dv", "dF"}, d_prediction);
    trace.walk(kr::backward(p.queries, p.keys, p.values, kernel.kernel, bandwidth, f, d_prediction),
               backward_words());
  }
  trace.seen(std::move(shown));
}

}  // namespace

const Chapter nadaraya_watson{
    .name = "nadaraya-watson",
    .title = "Nadaraya-Watson attention pooling",
    .source = "Nadaraya 1964; Watson 1964; Dive into Deep Learning 1.0 (D2L), section 11.2",
    .summary =
        "kernel regression: distances, kernels, weights, predictions; a width that is learned",
    .problem =
        "Some points are known, and a value is wanted at a new place. The mean of all known values "
        "ignores where that place is; the nearest value alone ignores the rest. So each known "
        "value gets a weight that falls with its distance, and the answer is their weighted mean.",
    .tries = {{{"./attn nadaraya-watson --set options.bandwidth=0.5 --steps weights,prediction",
                "A quarter of the bandwidth: far keys lose nearly all their weight."},
               {"./attn nadaraya-watson configs/examples/nadaraya-watson-50-points.yaml",
                "Fifty noisy points, the curve they came from, and a bandwidth that is learned."}}},
    .schema = nadaraya_watson_inputs::schema,
    .run = run,
};

}  // namespace attn::chapters
