#include "attn/mechanisms/scaled_dot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "attn/mechanisms/scaling_study.hpp"
#include "chapters/parts/attention_inputs.hpp"
#include "chapters/registry.hpp"

namespace attn::chapters {
namespace {

using io::Type;

const io::Schema& schema() {
  static const io::Schema schema{
      .chapter = "scaled-dot-product",
      .axes = {{"Tq", "number of queries"},
               {"Tk", "number of keys and values"},
               {"dk", "width of queries and keys"},
               {"dv", "width of values"}},
      .fields =
          {
              queries_tokens_field(),
              keys_tokens_field(),
              {.path = "inputs.queries",
               .axes = "Tq,dk",
               .meaning = "What each query is looking for.",
               .required = true},
              {.path = "inputs.keys",
               .axes = "Tk,dk",
               .meaning = "What each key offers to be found by.",
               .required = true},
              {.path = "inputs.values",
               .axes = "Tk,dv",
               .meaning = "What is handed over where a key is attended to.",
               .required = true},
              mask_field(),
              d_context_field(),
              scale_field(),
              causal_field(),
              valid_lens_field(),
              {.path = "study.widths",
               .type = Type::integers,
               .meaning = "Widths dk for which to show what scaling does, with random queries and "
                          "keys; no study unless given.",
               .range = io::Range{1, 4096}},
              {.path = "study.keys",
               .type = Type::integer,
               .meaning = "How many keys each random query is compared with.",
               .fallback = "8",
               .range = io::Range{1, 1024}},
              {.path = "study.samples",
               .type = Type::integer,
               .meaning = "How many random queries, each with its own keys.",
               .fallback = "100",
               .range = io::Range{1, 10000}},
              {.path = "study.seed",
               .type = Type::integer,
               .meaning = "The seed of the random numbers.",
               .fallback = "1",
               .range = io::Range{0, 4294967295}},
          },
      .computes = {"Tq,Tk", "Tq,dv"},
  };
  return schema;
}

/// Does the mask hide any key?
bool hides(const Mask& mask) { return std::find(mask.begin(), mask.end(), false) != mask.end(); }

std::vector<trace::Words> forward_words(const io::Config& config, const Mask& mask) {
  const bool by_width =
      !config.is_number("options.scale") && config.choice("options.scale") == "sqrt_dk";
  return {
      {"scores", "Compare every query with every key",
       "Each score is the dot product of one query with one key: large where the two point the "
       "same way."},
      {"scaled",
       by_width ? "Bring the scores back to a size that does not depend on dk"
                : "Multiply by the scale",
       "A dot product of dk terms spreads like sqrt(dk). Left as it is, it would push the softmax "
       "to where its gradient vanishes."},
      {"masked", "Hide the keys that may not be seen",
       hides(mask) ? "A score of -inf becomes a weight of exactly 0: exp(-inf) = 0."
                   : "Nothing is hidden here: the numbers are those of the step before."},
      {"weights", "Turn each row of scores into weights that sum to 1",
       "Softmax over the keys: exp of each score, divided by the sum over its row. Read a row as: "
       "how much this query attends to each key. A query that may see no key attends to nothing, "
       "and its row is 0."},
      {"context", "Average the values with these weights",
       "Each query's result is a mixture of the values: mostly those whose keys it matched. Row i "
       "is c_i = sum_j a_ij v_j; queries do not see each other, so many at once are one matrix "
       "product."},
  };
}

const std::vector<trace::Words>& backward_words() {
  static const std::vector<trace::Words> words{
      {"d_values", "Back through the average, to the values",
       "A value gets as much gradient as it got attention."},
      {"d_weights", "Back through the average, to the weights",
       "A weight matters as much as its value points along the gradient."},
      {"d_scaled", "Back through the softmax",
       "Only the difference from the row's weighted mean counts. A weight near 0 or 1 lets almost "
       "nothing through."},
      {"d_scores", "Back through the scale", "The same factor as on the way forward."},
      {"d_queries", "Back to the queries",
       "The keys, weighted by dS: the direction in which moving this query raises the loss. "
       "Gradient "
       "descent steps the other way."},
      {"d_keys", "Back to the keys", "The same for a key: the queries, weighted by dS."},
  };
  return words;
}

void show_study(const io::Config& config, trace::Builder& trace) {
  scaling_study::Config how;
  how.widths = config.sizes("study.widths");
  how.keys = config.size("study.keys");
  how.samples = config.size("study.samples");
  how.seed = config.size("study.seed");
  constexpr std::size_t most = 20'000'000;
  const std::size_t numbers =
      std::accumulate(how.widths.begin(), how.widths.end(), std::size_t{0}) * (how.keys + 1) *
      how.samples;
  if (numbers > most) {
    config.reject(
        "study.widths",
        fmt::format("the study would draw {} random numbers, and may draw {}: use smaller "
                    "widths, or fewer keys or samples",
                    numbers, most));
  }
  const scaling_study::Result result = scaling_study::study(how);
  const auto [narrow, wide] = std::minmax_element(how.widths.begin(), how.widths.end());
  const auto from_to = [&, low = narrow - how.widths.begin(), high = wide - how.widths.begin()](
                           const Vec& raw, const Vec& scaled) {
    const auto at = [](const Vec& v, std::ptrdiff_t n) { return v(static_cast<std::size_t>(n)); };
    if (low == high) return std::string();
    return fmt::format(
        "From dk = {} to {} it goes from {:.4f} to {:.4f} unscaled, and to {:.4f} scaled.", *narrow,
        *wide, at(raw, low), at(raw, high), at(scaled, high));
  };

  std::vector<std::string> names;
  for (const std::size_t width : how.widths) names.push_back(fmt::format("dk={}", width));
  trace.label("widths", names);
  const std::string drawn = fmt::format(
      "{} random queries with {} keys each, all entries standard normal. ", how.samples, how.keys);
  trace.step("spread", "Why the square root of dk: the spread of the scores",
             drawn +
                 "A sum of dk independent products has a standard deviation of sqrt(dk). "
                 "Divided by sqrt(dk), the scores spread by about 1 whatever the width.",
             "std of q·k = sqrt(dk),  std of q·k/sqrt(dk) = 1", "section 3.2.1, footnote 4");
  trace.table({"spread", "widths,scores", ""}, {{"sqrt(dk)", result.expected_spread},
                                                {"raw", result.raw_spread},
                                                {"scaled", result.scaled_spread}});
  trace.step(
      "entropy", "Why the square root of dk: how sharp the weights are",
      fmt::format("The mean entropy of the weights: 0 where one key takes all, log Tk = "
                  "{:.4f} where all {} keys share alike. And the mean of the largest weight: "
                  "near 1 nothing is left to choose. {}",
                  result.uniform_entropy, how.keys,
                  from_to(result.raw_largest, result.scaled_largest)),
      "H = -sum_j a_j log a_j");
  trace.table({"entropy", "widths,scores", ""},
              {{"raw", result.raw_entropy}, {"scaled", result.scaled_entropy}});
  trace.table({"largest_weight", "widths,scores", ""},
              {{"raw", result.raw_largest}, {"scaled", result.scaled_largest}});
  trace.step(
      "survival", "Why the square root of dk: the gradient that survives the softmax",
      fmt::format(
          "The mean size of the softmax's Jacobian, by which a gradient is multiplied on its "
          "way back to the scores: where it is small, learning is slow. {}",
          from_to(result.raw_jacobian, result.scaled_jacobian)),
      "|| diag(a) - a a^T ||, Frobenius norm", "section 3.2.1");
  trace.table({"survival", "widths,scores", ""},
              {{"raw", result.raw_jacobian}, {"scaled", result.scaled_jacobian}});
}

void show_scale(const io::Config& config, double scale, trace::Builder& trace) {
  const std::string title = "The factor that multiplies the scores";
  if (config.is_number("options.scale")) {
    trace.step("scale", title, "The number that options.scale gives.");
  } else if (config.choice("options.scale") == "none") {
    trace.step("scale", title, "options.scale is none: the scores are left as they are.");
  } else {
    trace.step("scale", title, "One over the square root of the width.", "scale = 1/sqrt(dk)",
               "eq. (1)");
  }
  trace.tensor({"scale", "", ""}, scale);
  if (!is_written(scale)) throw Unfinished();
}

void run(const io::Config& config, const Request& request, trace::Builder& trace) {
  const Mat queries = config.matrix("inputs.queries");
  const Mat keys = config.matrix("inputs.keys");
  const Mat values = config.matrix("inputs.values");
  const Mask mask = mask_of(config);
  const double scale = scale_of(config, cols(queries));

  label_tokens(config, trace);

  trace.step(
      "inputs", "Queries, keys and values",
      fmt::format("Each query (there are Tq = {}) looks among the keys (Tk = {}), which have the "
                  "same width dk = {}. Each key has a value of width dv = {}.",
                  rows(queries), rows(keys), cols(queries), cols(values)));
  trace.tensor({"queries", "Tq,dk", "Q"}, queries);
  trace.tensor({"keys", "Tk,dk", "K"}, keys);
  trace.tensor({"values", "Tk,dv", "V"}, values);
  show_mask(mask, trace);
  show_scale(config, scale, trace);

  const scaled_dot::Forward forward = scaled_dot::forward(queries, keys, values, mask, scale);
  trace.walk(forward, forward_words(config, mask));
  if (config.has("study.widths")) show_study(config, trace);

  if (request.gradients) {
    const Mat d_context = show_d_context(config, trace);
    trace.walk(scaled_dot::backward(queries, keys, values, scale, forward, d_context),
               backward_words());
  }
}

}  // namespace

const Chapter scaled_dot_product{
    .name = "scaled-dot-product",
    .title = "Scaled dot-product attention",
    .source = "Vaswani et al., Attention Is All You Need, arXiv:1706.03762v7, section 3.2.1",
    .summary = "scores, scaling, masking, weights, context; and why the square root of dk",
    .problem = "",
    .tries = {},
    .schema = schema,
    .run = run,
};

}  // namespace attn::chapters
