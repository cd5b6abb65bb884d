#include "chapters/parts/nadaraya_watson_inputs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <stdexcept>

#include "attn/core/shape_error.hpp"
#include "attn/mechanisms/mask.hpp"
#include "attn/training/toy_data.hpp"

namespace attn::chapters::nadaraya_watson_inputs {
namespace {

using io::Type;
using kernel_regression::Kernel;

const std::vector<std::string> kernel_names{"gaussian", "boxcar", "epanechnikov", "triangular",
                                            "constant"};

Mat column(const Vec& entries) {
  Mat m = zeros(entries.size(), 1);
  std::copy(entries.begin(), entries.end(), m.begin());
  return m;
}

/// 0, 5/n, 2 * 5/n, …
Vec evenly_spaced(std::size_t n) {
  Vec x = zeros(n);
  for (std::size_t i = 0; i < n; ++i) {
    x(i) = 5.0 * static_cast<double>(i) / static_cast<double>(n);
  }
  return x;
}

Points toy_points(const io::Config& config) {
  for (const std::string path : {"inputs.keys", "inputs.values"}) {
    if (config.has(path))
      config.reject(path, "found beside data.points, which draws keys and values");
  }
  const toy_data::Points drawn = toy_data::sample(
      config.size("data.points"), config.number("data.noise"), config.size("data.seed"));
  Points points;
  points.queries = config.has("inputs.queries")
                       ? config.matrix("inputs.queries")
                       : column(evenly_spaced(config.size("data.queries")));
  points.keys = column(drawn.x);
  points.values = column(drawn.y);
  if (cols(points.queries) != 1) {
    config.reject("inputs.queries", fmt::format("found queries of width {}, expected 1, the width "
                                                "of the keys that data.points draws",
                                                cols(points.queries)));
  }
  try {
    Vec x = zeros(rows(points.queries));
    std::copy(points.queries.begin(), points.queries.end(), x.begin());
    points.truth = column(toy_data::truth(x));
  } catch (const std::domain_error& error) {
    config.reject("inputs.queries", error.what());
  }
  return points;
}

Points given_points(const io::Config& config) {
  std::string missing;
  for (const std::string path : {"inputs.queries", "inputs.keys", "inputs.values"}) {
    if (!config.has(path)) missing += (missing.empty() ? "" : ", ") + path;
  }
  if (!missing.empty()) {
    config.reject(missing, "missing; give queries, keys and values, or data.points for toy data");
  }
  return {config.matrix("inputs.queries"),
          config.matrix("inputs.keys"),
          config.matrix("inputs.values"),
          {},
          {}};
}

/// A bandwidth compared with itself would give two tensors of one name.
void expect_different(const io::Config& config) {
  std::vector<double> bandwidths = config.numbers("compare.bandwidths");
  std::sort(bandwidths.begin(), bandwidths.end());
  const auto twice = std::adjacent_find(bandwidths.begin(), bandwidths.end());
  if (twice == bandwidths.end()) return;
  config.reject("compare.bandwidths", fmt::format("{} is given twice", *twice));
}

/// No config may exhaust memory or patience.
void check_costs(const io::Config& config, const Points& points) {
  const std::size_t Tk = rows(points.keys);
  const std::size_t pairs = std::max(rows(points.queries), Tk) * Tk;
  const auto count = [&](const std::string& path, std::size_t variants) {
    constexpr std::size_t most_variants = 100;
    if (variants > most_variants) {
      config.reject(path, fmt::format("found {}, expected at most {}", variants, most_variants));
    }
    if (variants * pairs <= io::max_entries) return;
    config.reject(path,
                  fmt::format("{} times {} pairs of a point and a key are more than the limit "
                              "of {}",
                              variants, pairs, io::max_entries));
  };
  if (config.has("compare.kernels")) {
    count("compare.kernels", config.list("compare.kernels").size());
  }
  if (config.has("compare.bandwidths")) {
    expect_different(config);
    count("compare.bandwidths", config.numbers("compare.bandwidths").size());
  }
  if (!config.has("training.epochs")) return;
  if (Tk < 2) config.reject("training.epochs", "training needs at least two keys, found one");
  count("training.epochs", 1);
  constexpr std::size_t most = 100'000'000;  // a few seconds
  const std::size_t epochs = config.size("training.epochs");
  const std::size_t width = std::max(cols(points.keys), cols(points.values));
  if (epochs > most / (Tk * Tk * width)) {
    config.reject("training.epochs",
                  fmt::format("{} epochs with {} points take too long; at most {} would do", epochs,
                              Tk, most / (Tk * Tk * width)));
  }
}

}  // namespace

const io::Schema& schema() {
  constexpr double largest = 1e6;
  constexpr double most_points = 1000;
  static const io::Schema schema{
      .chapter = "nadaraya-watson",
      .axes = {{"Tq", "number of queries"},
               {"Tk", "number of keys and values"},
               {"dk", "width of queries and keys"},
               {"dv", "width of values"}},
      .fields =
          {
              {.path = "inputs.queries",
               .axes = "Tq,dk",
               .meaning = "Where a value is wanted. A plain list is one number a query.",
               .column = true},
              {.path = "inputs.keys",
               .axes = "Tk,dk",
               .meaning = "Where a value is known. A plain list is one number a key.",
               .column = true,
               .gives_way = true},
              {.path = "inputs.values",
               .axes = "Tk,dv",
               .meaning = "The value known for each key. A plain list is one number a key.",
               .column = true,
               .gives_way = true},
              {.path = "inputs.mask",
               .type = Type::mask,
               .axes = "Tq,Tk",
               .meaning = "Which keys a query may attend to: true means \"attend\"."},
              {.path = "inputs.d_prediction",
               .axes = "Tq,dv",
               .meaning = "dL/dprediction, where the backward pass starts; all ones unless given.",
               .column = true},
              {.path = "data.points",
               .type = Type::integer,
               .meaning =
                   "Draws that many points about y = 2 sin x + x^0.8 in place of inputs.keys "
                   "and inputs.values.",
               .range = io::Range{2, most_points}},
              {.path = "data.noise",
               .type = Type::number,
               .meaning = "Standard deviation of the noise in the values drawn.",
               .fallback = "0.5",
               .range = io::Range{0, largest}},
              {.path = "data.seed",
               .type = Type::integer,
               .meaning = "The seed of the points drawn.",
               .fallback = "1",
               .range = io::Range{0, 1e9}},
              {.path = "data.queries",
               .type = Type::integer,
               .meaning = "How many queries, evenly spaced from 0 up to 5 (5 itself left out), "
                          "unless inputs.queries is "
                          "given.",
               .fallback = "50",
               .range = io::Range{1, most_points}},
              {.path = "options.kernel",
               .type = Type::choice,
               .meaning = "How a weight falls with the distance.",
               .fallback = "gaussian",
               .choices = kernel_names},
              {.path = "options.bandwidth",
               .type = Type::number,
               .meaning = "The distance h that counts as 1: what is near, and what is far.",
               .fallback = "1",
               .range = io::Range{0, 1e100, true}},
              {.path = "compare.kernels",
               .type = Type::choices,
               .meaning = "Kernels to show side by side, all with options.bandwidth.",
               .choices = kernel_names},
              {.path = "compare.bandwidths",
               .type = Type::numbers,
               .meaning = "Bandwidths to show side by side, all with options.kernel.",
               .range = io::Range{0, 1e100, true}},
              {.path = "training.epochs",
               .type = Type::integer,
               .meaning = "Learns w = 1/h, the inverse bandwidth of a Gaussian kernel, in that "
                          "many steps of "
                          "gradient descent; nothing is learned unless given.",
               .range = io::Range{1, 100000}},
              {.path = "training.initial_w",
               .type = Type::number,
               .meaning = "The parameter w = 1/h before the first epoch.",
               .fallback = "1",
               .range = io::Range{0, largest, true}},
              {.path = "training.learning_rate",
               .type = Type::number,
               .meaning = "How far a step goes along the negative gradient.",
               .fallback = "0.5",
               .range = io::Range{0, largest, true}},
              {.path = "training.reduction",
               .type = Type::choice,
               .meaning = "The loss is the sum of the squared errors, or their mean.",
               .fallback = "sum",
               .choices = {"sum", "mean"}},
          },
      .computes = {"Tq,Tk", "Tq,dv"},
  };
  return schema;
}

Points points(const io::Config& config) {
  Points points = config.has("data.points") ? toy_points(config) : given_points(config);
  points.mask = config.has("inputs.mask") ? config.mask("inputs.mask")
                                          : mask::full(rows(points.queries), rows(points.keys));
  expect_shape("inputs.mask", shape_of(points.mask), {rows(points.queries), rows(points.keys)},
               "Tq,Tk", "one entry for each query and key");
  check_costs(config, points);
  return points;
}

const NamedKernel& kernel_named(const std::string& name) {
  static const std::map<std::string, NamedKernel> kernels{
      {"gaussian", {Kernel::gaussian, "Gaussian", "exp(-u^2/2)"}},
      {"boxcar", {Kernel::boxcar, "boxcar", "1 if u < 1, else 0"}},
      {"epanechnikov", {Kernel::epanechnikov, "Epanechnikov", "max(0, 1 - u^2)"}},
      {"triangular", {Kernel::triangular, "triangular", "max(0, 1 - u)"}},
      {"constant", {Kernel::constant, "constant", "1"}}};
  return kernels.at(name);
}

squared_error::Reduction reduction(const io::Config& config) {
  return config.choice("training.reduction") == "sum" ? squared_error::Reduction::sum
                                                      : squared_error::Reduction::mean;
}

}  // namespace attn::chapters::nadaraya_watson_inputs
