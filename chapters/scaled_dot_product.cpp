#include "attn/mechanisms/scaled_dot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "attn/core/matmul.hpp"
#include "attn/mechanisms/extended_dot.hpp"
#include "attn/mechanisms/scaling_study.hpp"
#include "chapters/parts/attention_extensions.hpp"
#include "chapters/parts/attention_inputs.hpp"
#include "chapters/parts/scaled_dot_words.hpp"
#include "chapters/parts/seen.hpp"
#include "chapters/registry.hpp"

namespace attn::chapters {
namespace {

using io::Type;

io::Schema declared() {
  io::Schema schema{
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
          },
      .computes = {"Tq,Tk", "Tq,dv", "Tq,Tp+Tk"},
      .axis_changes = {keys_with_past()},
  };
  const auto add = [](auto& to, const auto& more) {
    to.insert(to.end(), more.begin(), more.end());
  };
  add(schema.axes, past_axes());
  add(schema.fields, past_fields());
  add(schema.fields, std::vector{mask_field(), bias_field(), d_context_field(), scale_field(),
                                 softcap_field(), causal_field(), valid_lens_field()});
  add(schema.fields, rotary_fields());
  add(schema.fields,
      std::vector<io::FieldSpec>{
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
      });
  return schema;
}

const io::Schema& schema() {
  static const io::Schema once = declared();
  return once;
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

extended_dot::How how_of(const io::Config& config) {
  extended_dot::How how;
  how.scoring.scale = scale_of(config, config.extent("dk"));
  how.scoring.softcap = softcap_of(config);
  if (config.has("inputs.bias")) how.scoring.bias = config.matrix("inputs.bias");
  how.positions.rope = rope_of(config, config.extent("dk"), "queries and keys");
  if (has_past(config)) {
    how.positions.past_keys = config.matrix("inputs.past_keys");
    how.positions.past_values = config.matrix("inputs.past_values");
  }
  return how;
}

/// The results of equation (1) as those of one to which nothing was added.
biased_dot::Forward extended(const scaled_dot::Forward& f) {
  biased_dot::Forward result;
  result.scores = f.scores, result.scaled = f.scaled, result.masked = f.masked;
  result.weights = f.weights, result.context = f.context;
  return result;
}
extended_dot::Backward extended(const scaled_dot::Backward& b) {
  extended_dot::Backward result;
  result.attention.d_values = b.d_values, result.attention.d_weights = b.d_weights;
  result.attention.d_scaled = b.d_scaled, result.attention.d_scores = b.d_scores;
  result.positioned.d_q = b.d_queries, result.positioned.d_k = b.d_keys;
  return result;
}

class Walk {
 public:
  Walk(const io::Config& config, trace::Builder& trace)
      : config_(config),
        trace_(trace),
        how_(how_of(config)),
        queries_(config.matrix("inputs.queries")),
        keys_(config.matrix("inputs.keys")),
        values_(config.matrix("inputs.values")),
        past_(how_.positions.past()),
        mask_(mask_of(config, rows(queries_), past_ + rows(keys_), past_)) {
    label_tokens(config, trace);
    label_past(past_, names_of_keys(config), trace);
  }

  void forward() {
    show_inputs();
    show_mask(mask_, trace_);
    if (how_.scoring.biased()) show_bias();
    show_scale(config_, how_.scoring.scale, trace_);
    if (how_.plain()) {
      plain_ = scaled_dot::forward(queries_, keys_, values_, mask_, how_.scoring.scale);
      forward_.attention = extended(plain_);
    } else {
      forward_ = extended_dot::forward(queries_, keys_, values_, mask_, how_);
    }
    trace_.walk(forward_, scaled_dot_words(config_, how_, forward_, mask_));
    if (how_.positions.rope) show_same_distance(*how_.positions.rope);
  }

  void backward() {
    const Mat d_context = show_d_context(config_, trace_);
    extended_dot::Backward b;
    if (how_.plain()) {
      b = extended(
          scaled_dot::backward(queries_, keys_, values_, how_.scoring.scale, plain_, d_context));
    } else {
      b = extended_dot::backward(queries_, keys_, values_, how_, forward_, d_context);
    }
    trace_.walk(b, scaled_dot_backward_words(how_));
  }

  /// Where the largest weight is, how sharp the rows are, and who sees nothing.
  std::string seen() const {
    const Mat& weights = forward_.attention.weights;
    std::vector<double> peaks;  // of the rows that attend
    for (std::size_t i = 0; i < rows(weights); ++i) {
      if (!attends(weights, i)) continue;
      double peak = 0.0;
      for (std::size_t j = 0; j < cols(weights); ++j) peak = std::max(peak, weights(i, j));
      peaks.push_back(peak);
    }
    std::string said = largest_weight(trace_, weights, {"query", "Tq"}, {"key", "Tk"});
    if (!peaks.empty()) {
      const auto [low, high] = std::minmax_element(peaks.begin(), peaks.end());
      said += fmt::format(
          " The largest of a row is between {:.4f} and {:.4f}; equal weights for all "
          "keys would be {:.4f}.",
          *low, *high, 1.0 / static_cast<double>(cols(weights)));
    }
    if (peaks.size() < rows(weights)) {
      said += fmt::format(" Nothing to look at is left for {}, and the context there is 0.",
                          counted(rows(weights) - peaks.size(), "query", "queries"));
    }
    return said;
  }

 private:
  void show_inputs() {
    std::string prose = fmt::format(
        "Each query (there are Tq = {}) looks among the keys (Tk = {}), which have the same width "
        "dk = {}. Each key has a value of width dv = {}.",
        rows(queries_), past_ + rows(keys_), cols(queries_), cols(values_));
    if (past_ > 0) {
      prose += fmt::format(" Tp = {} of them were kept from before, and Tn = {} are new.", past_,
                           rows(keys_));
    }
    trace_.step("inputs", "Queries, keys and values", prose);
    trace_.tensor({"queries", "Tq,dk", "Q"}, queries_);
    trace_.tensor({"keys", "Tn,dk", "K"}, keys_);
    trace_.tensor({"values", "Tn,dv", "V"}, values_);
    if (past_ == 0) return;
    trace_.tensor({"past_keys", "Tp,dk"}, how_.positions.past_keys);
    trace_.tensor({"past_values", "Tp,dv"}, how_.positions.past_values);
  }

  void show_bias() {
    trace_.step("bias", "What is added to the scores",
                "A number for each query and key. Where it is -inf, the key is hidden.");
    trace_.tensor({"bias", "Tq,Tk", "", "", Kind::score}, how_.scoring.bias);
  }

  /// The same scores where all positions are further on.
  void show_same_distance(const rope::Rope& rope) {
    const std::size_t T = std::max(rows(queries_), rows(keys_));
    const Mat angles =
        rope::angles({rope.base, rope.layout, rope.first + static_cast<double>(past_) + moved_by},
                     T, cols(queries_));
    const auto& [turns, has_past, here, q, k, all_keys, all_values] = forward_.positioned;
    const Mat scores = matmul_nt(q, k);
    const Mat moved = matmul_nt(rope::turned(queries_, angles, rope.layout),
                                rope::turned(keys_, angles, rope.layout));
    show_moved(scores, moved, trace_);
  }

  const io::Config& config_;
  trace::Builder& trace_;
  extended_dot::How how_;
  Mat queries_, keys_, values_;
  std::size_t past_;
  Mask mask_;
  scaled_dot::Forward plain_;  // where nothing else is asked for
  extended_dot::Forward forward_;
};

void run(const io::Config& config, const Request& request, trace::Builder& trace) {
  Walk walk(config, trace);
  walk.forward();
  if (config.has("study.widths")) show_study(config, trace);
  if (request.gradients) walk.backward();
  trace.seen(walk.seen());
}

}  // namespace

const Chapter scaled_dot_product{
    .name = "scaled-dot-product",
    .title = "Scaled dot-product attention",
    .source = "Vaswani et al., Attention Is All You Need, arXiv:1706.03762v7, section 3.2.1",
    .summary = "scores, scaling, masking, weights, context; and why the square root of dk",
    .problem =
        "A key fits a query where their vectors point the same way, and a single matrix product "
        "compares all queries with all keys. But dot products grow with the width, and large "
        "scores "
        "make a softmax so sharp that hardly any gradient gets through. So the scores are divided "
        "by sqrt(dk) before the softmax makes weights of them.",
    .tries = {{{"./attn scaled-dot-product --set options.scale=none --steps scaled,weights",
                "The same scores, not divided: the weights are sharper."},
               {"./attn scaled-dot-product --set options.causal=true --steps mask..weights",
                "Each query sees the keys up to its own place, and no others."}}},
    .schema = schema,
    .run = run,
};

}  // namespace attn::chapters
