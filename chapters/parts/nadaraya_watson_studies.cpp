#include "chapters/parts/nadaraya_watson_studies.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "attn/training/kernel_width.hpp"

namespace attn::chapters::nadaraya_watson_studies {

namespace kr = kernel_regression;
using nadaraya_watson_inputs::kernel_named;
using nadaraya_watson_inputs::NamedKernel;

namespace {

/// A line through few queries would look like a fit between them.
bool is_fine(const Points& p) { return rows(p.queries) >= 10; }

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

}  // namespace

kr::Forward forward(const Points& p, kr::Kernel kernel, double bandwidth) {
  return kr::forward(p.queries, p.keys, p.values, p.mask, kernel, bandwidth);
}

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

}  // namespace attn::chapters::nadaraya_watson_studies
