#include <fmt/format.h>

#include <stdexcept>

#include "attn/core/shape_error.hpp"
#include "attn/training/divergence_error.hpp"
#include "attn/training/kernel_width.hpp"
#include "chapters/parts/nadaraya_watson_inputs.hpp"
#include "chapters/parts/seen.hpp"
#include "chapters/registry.hpp"

namespace attn::chapters {
namespace {

namespace kr = kernel_regression;
using nadaraya_watson_inputs::kernel_named;
using nadaraya_watson_inputs::NamedKernel;
using nadaraya_watson_inputs::Points;

/// What one setting of kernel and bandwidth makes of the points.
kr::Forward forward(const Points& p, kr::Kernel kernel, double bandwidth) {
  return kr::forward(p.queries, p.keys, p.values, p.mask, kernel, bandwidth);
}

/// A number that the mechanism refuses is the field's fault.
template <class Compute>
auto blame(const io::Config& config, const std::string& path, Compute&& compute) {
  try {
    return compute();
  } catch (const ShapeError&) {
    throw;
  } catch (const std::invalid_argument& error) {
    config.reject(path, error.what());
  } catch (const DivergenceError& error) {
    config.reject(path, error.what());
  }
}

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

/// A line through few queries would look like a fit between them.
bool is_fine(const Points& p) { return rows(p.queries) >= 10; }

/// Points, fits and, where it is known, the truth in one picture. Nothing for wide points.
void plot(trace::Builder& trace, const Points& p, const std::string& title,
          const std::vector<std::pair<std::string, std::string>>& fits) {
  using Mark = trace::Series::Mark;
  if (!p.is_curve()) return;
  const Mark mark = is_fine(p) ? Mark::line : Mark::points;
  trace::Plot plot{title, {{"data", "keys", "values", Mark::points}}};
  if (p.truth) plot.series.push_back({"truth", "queries", "truth", mark});
  for (const auto& [label, tensor] : fits) {
    plot.series.push_back({label, "queries", tensor, mark});
  }
  trace.plot(std::move(plot));
}

/// Predictions and weights of several settings of one thing, each under the setting's name.
using Named = std::vector<std::pair<std::string, Mat>>;

/// The predictions as columns (Tq, settings) for values of width 1, else as (settings, Tq, dv); a
/// picture of them; and the weights of each setting.
void side_by_side(trace::Builder& trace, const Points& p, const std::string& prefix,
                  const std::string& axis, const Named& predictions, const Named& weights) {
  const std::string name = prefix + "prediction";
  const std::string formula = "f(q_i) = sum_j a_ij v_j";
  if (cols(p.values) == 1) {
    std::vector<std::pair<std::string, Vec>> columns;
    for (const auto& [label, prediction] : predictions) {
      columns.emplace_back(label, zeros(rows(prediction)));
      std::copy(prediction.begin(), prediction.end(), columns.back().second.begin());
    }
    const std::string axes = "Tq," + axis;
    trace.table({name, axes, formula}, columns);
  } else {
    Ten3 all = zeros(predictions.size(), rows(p.queries), cols(p.values));
    std::vector<std::string> labels;
    auto next = all.begin();
    for (const auto& [label, prediction] : predictions) {
      labels.push_back(label);
      next = std::copy(prediction.begin(), prediction.end(), next);
    }
    trace.label(axis, labels);
    const std::string axes = axis + ",Tq,dv";
    trace.tensor({name, axes, formula}, all);
  }
  std::vector<std::pair<std::string, std::string>> lines;
  for (const auto& [label, prediction] : predictions) {
    lines.emplace_back(label, name + "[" + label + "]");
  }
  if (is_fine(p)) plot(trace, p, "data and fits", lines);
  for (const auto& [label, matrix] : weights) {
    const std::string full = prefix + "weights." + label;
    trace.tensor({full, "Tq,Tk", "", "", Kind::weight}, matrix);
  }
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

void compare_kernels(trace::Builder& trace, const io::Config& config, const Points& p) {
  const double bandwidth = config.number("options.bandwidth");
  Named predictions, weights;
  for (const std::string& name : config.list("compare.kernels")) {
    const kr::Forward f = forward(p, kernel_named(name).kernel, bandwidth);
    predictions.emplace_back(name, f.prediction);
    weights.emplace_back(name, f.weights);
  }
  trace.step(
      "kernels", "The kernels side by side",
      fmt::format("All with the bandwidth {:g}. The constant kernel is the plain mean of all "
                  "values. The boxcar counts all keys in reach alike, the triangular and "
                  "Epanechnikov kernels fade to 0 at one bandwidth, the Gaussian never quite "
                  "does. With no key in reach the prediction is 0.",
                  bandwidth));
  side_by_side(trace, p, "kernels.", "kernel", predictions, weights);
}

/// Which bandwidth predicts best, and where it stands among those that were tried.
std::string best_of(const std::vector<double>& bandwidths, const Vec& errors) {
  const auto best = std::min_element(errors.begin(), errors.end());
  const double h = bandwidths[static_cast<std::size_t>(best - errors.begin())];
  const auto [low, high] = std::minmax_element(bandwidths.begin(), bandwidths.end());
  const auto as_good = std::count_if(errors.begin(), errors.end(),
                                     [&](double error) { return error <= *best * (1.0 + 1e-9); });
  if (as_good > 1) return fmt::format(": {} of them do equally well", as_good);
  if (bandwidths.size() == 1) return fmt::format(": with h = {} the error is {:.4g}", h, *best);
  if (bandwidths.size() == 2) return fmt::format(": h = {} does better", h);
  if (h > *low && h < *high)
    return fmt::format(": the error is smallest at h = {}, between smaller and larger ones", h);
  return fmt::format(
      ": the error is smallest at h = {}, the {} of these, so that the best may lie beyond it", h,
      h == *low ? "smallest" : "largest");
}

void compare_bandwidths(trace::Builder& trace, const io::Config& config, const Points& p) {
  const NamedKernel& kernel = kernel_named(config.choice("options.kernel"));
  const std::vector<double> bandwidths = config.numbers("compare.bandwidths");
  Named predictions, weights;
  Vec errors = zeros(bandwidths.size());
  for (std::size_t n = 0; n < bandwidths.size(); ++n) {
    blame(config, "compare.bandwidths", [&] {
      const kr::Forward f = forward(p, kernel.kernel, bandwidths[n]);
      const std::string name = fmt::format("h={}", bandwidths[n]);
      predictions.emplace_back(name, f.prediction);
      weights.emplace_back(name, f.weights);
      if (rows(p.keys) < 2) return;
      errors(n) = kernel_width::left_out_loss(p.keys, p.values, kernel.kernel, bandwidths[n],
                                              squared_error::Reduction::mean);
    });
  }
  std::string ends =
      "Too small, and each query copies its nearest key, noise and all; too large, and every query "
      "gets the mean.";
  if (kernel.kernel == kr::Kernel::constant) {
    ends = "The constant kernel does not look at distances: no bandwidth changes anything.";
  } else if (kernel.kernel != kr::Kernel::gaussian) {
    ends += " A query whose nearest key is farther than that finds none in reach.";
  }
  trace.step(
      "bandwidths", "The bandwidth: too small, too large",
      fmt::format("All with the {} kernel. {} To judge, predict each point from all the "
                  "others{}.",
                  kernel.title, ends,
                  rows(p.keys) < 2 ? ", of which there are none" : best_of(bandwidths, errors)));
  side_by_side(trace, p, "bandwidths.", "bandwidth", predictions, weights);
  if (rows(p.keys) < 2) return;
  trace.tensor({"bandwidths.error", "bandwidth", "mean of (f(k_i) - v_i)^2, k_i left out"}, errors);
}

/// \return what was seen
std::string learn_width(trace::Builder& trace, const io::Config& config, const Points& p) {
  const kernel_width::Config how{
      config.number("training.initial_w"), config.number("training.learning_rate"),
      config.size("training.epochs"), nadaraya_watson_inputs::reduction(config)};
  const kernel_width::Result result = blame(
      config, "training.learning_rate", [&] { return kernel_width::learn(p.keys, p.values, how); });
  trace.step(
      "training", "Learn the width",
      fmt::format("The Gaussian kernel with w = 1/h as a parameter, w = {:g} to begin with. "
                  "Each key in turn is a query and sees all the others, but not itself: else "
                  "the best kernel would be one that only looks up the answer. The loss is the "
                  "{} of the squared errors, the learning rate {:g}.",
                  how.initial_w, config.choice("training.reduction"), how.learning_rate),
      "scores = -(w r)^2 / 2,  w <- w - rate * dL/dw", "D2L, earlier editions, section 10.2");
  std::vector<std::string> epochs{"before"};
  for (std::size_t epoch = 1; epoch <= how.epochs; ++epoch) epochs.push_back(std::to_string(epoch));
  trace.label("epoch", epochs);
  kernel_width::Result::each(result, [&](const Field& field, const Vec& value) {
    trace.tensor(field, value, "training.");
  });
  trace.plot({"loss by epoch", {{"loss", "", "training.loss", trace::Series::Mark::line}}});

  const double learned = result.w(how.epochs);
  const kr::Forward before = forward(p, kr::Kernel::gaussian, 1.0 / how.initial_w);
  const kr::Forward after = forward(p, kr::Kernel::gaussian, 1.0 / learned);
  trace.step(
      "learned", "Before and after",
      "A larger w is a smaller bandwidth h = 1/w: a narrower kernel, sharper weights, and a fit "
      "that follows the points more closely.",
      "h = 1/w");
  trace.tensor({"learned.w", "", ""}, learned);
  trace.tensor({"learned.bandwidth", "", ""}, 1.0 / learned);
  trace.tensor({"learned.before", "Tq,dv", "f(q_i) with the initial w"}, before.prediction);
  trace.tensor({"learned.after", "Tq,dv", "f(q_i) with the learned w"}, after.prediction);
  trace.tensor({"learned.weights", "Tq,Tk", "A with the learned w", "", Kind::weight},
               after.weights);
  plot(trace, p, "before and after training",
       {{"before", "learned.before"}, {"after", "learned.after"}});
  return fmt::format(
      " Training took w = 1/h from {:.4g} to {:.4g}, and the loss from {:.4g} to {:.4g}.",
      how.initial_w, learned, result.loss(0), result.loss(how.epochs));
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

  const kr::Forward f =
      blame(config, "options.bandwidth", [&] { return forward(p, kernel.kernel, bandwidth); });
  trace.walk(f, forward_words(kernel));
  plot(trace, p, "data and fit", {{"fit", "prediction"}});

  std::string shown = seen(trace, p, f);
  if (config.has("compare.kernels")) compare_kernels(trace, config, p);
  if (config.has("compare.bandwidths")) compare_bandwidths(trace, config, p);
  if (config.has("training.epochs")) {
    try {
      shown += learn_width(trace, config, p);
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
