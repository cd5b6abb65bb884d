#include <fmt/format.h>

#include <algorithm>

#include "attn/core/softmax.hpp"
#include "attn/mechanisms/mask.hpp"
#include "attn/mechanisms/pooling.hpp"
#include "chapters/parts/attention_inputs.hpp"
#include "chapters/parts/scoring_functions.hpp"
#include "chapters/parts/seen.hpp"
#include "chapters/registry.hpp"

namespace attn::chapters {
namespace {

constexpr std::string_view softmax_formula = "A = softmax(S), over the keys";

struct Inputs {
  Mat queries, keys, values;
  Mask mask;
};

/// A function with what it made of the inputs.
struct Scored {
  const ScoringFunction* function;
  Mat scores;               // (Tq, Tk)
  pooling::Forward pooled;  // weights (Tq, Tk), context (Tq, dv)
};

std::vector<std::string> missing_parameters(const ScoringFunction& function,
                                            const io::Config& config) {
  std::vector<std::string> missing;
  for (const std::string_view name : function.parameters) {
    const std::string path = fmt::format("parameters.{}.{}", function.name, name);
    if (!config.has(path)) missing.push_back(path);
  }
  return missing;
}

/// Those that the config names; or else those whose parameters it gives.
std::vector<const ScoringFunction*> functions_of(const io::Config& config) {
  std::vector<const ScoringFunction*> functions;
  std::vector<std::string> missing;
  const auto add = [&](const ScoringFunction& function, bool named) {
    const std::vector<std::string> lacks = missing_parameters(function, config);
    const bool begun = lacks.size() < function.parameters.size();
    if (lacks.empty()) functions.push_back(&function);
    if (named || begun) missing.insert(missing.end(), lacks.begin(), lacks.end());
  };
  if (config.has("options.functions")) {
    for (const std::string& name : config.list("options.functions")) {
      for (const ScoringFunction& function : scoring_functions()) {
        if (function.name == name) add(function, true);
      }
    }
  } else {
    for (const ScoringFunction& function : scoring_functions()) add(function, false);
  }
  if (!missing.empty()) {
    config.reject("options.functions",
                  fmt::format("the functions to show need parameters that are not given: {}",
                              fmt::join(missing, ", ")));
  }
  return functions;
}

/// All functions together may not exhaust memory either.
void check_size(const io::Config& config, const std::vector<const ScoringFunction*>& functions) {
  const auto Tq = static_cast<double>(config.extent("Tq"));
  const auto Tk = static_cast<double>(config.extent("Tk"));
  double largest = static_cast<double>(functions.size());
  for (const ScoringFunction* function : functions) {
    if (function->name == "concat") {
      largest = std::max(largest, static_cast<double>(config.extent("dq") + config.extent("dk")));
    }
    if (function->name == "concat" || function->name == "additive") {
      largest = std::max(largest, static_cast<double>(config.extent("da")));
    }
  }
  if (Tq * Tk * largest <= static_cast<double>(io::max_entries)) return;
  config.reject("inputs.queries",
                fmt::format("with {} queries, {} keys and these functions a tensor would have "
                            "{} x {} x {} entries, more than the limit of {}",
                            Tq, Tk, Tq, Tk, largest, io::max_entries));
}

bool hides_any(const Mask& mask) {
  return std::find(mask.begin(), mask.end(), false) != mask.end();
}

void show_inputs(const Inputs& in, trace::Builder& trace) {
  const std::string widths =
      cols(in.queries) == cols(in.keys)
          ? fmt::format("of the same width, {}", cols(in.keys))
          : fmt::format("of different widths: dq = {}, dk = {}", cols(in.queries), cols(in.keys));
  trace.step("inputs", "One set of queries, keys and values",
             fmt::format("Each query (there are Tq = {}) looks among the keys (Tk = {}) {}. Every "
                         "scoring function below "
                         "gets the same. What differs is how well a key is said to fit a query.",
                         rows(in.queries), rows(in.keys), widths));
  trace.tensor({"queries", "Tq,dq", "Q"}, in.queries);
  trace.tensor({"keys", "Tk,dk", "K"}, in.keys);
  trace.tensor({"values", "Tk,dv", "V"}, in.values);
}

/// The step of one function: parameters, intermediates, scores, weights, context.
Scored show_function(const ScoringFunction& function, const io::Config& config, const Inputs& in,
                     trace::Builder& trace) {
  trace.step(std::string(function.name), std::string(function.title), std::string(function.prose),
             std::string(function.formula), std::string(function.source));
  ScoringCall call(function.name, config, in.queries, in.keys);
  call.show_in(trace);
  Scored scored{&function, function.score(call), {}};
  const std::string prefix = std::string(function.name) + ".";
  scored.pooled = pooling::forward(scored.scores, in.values, in.mask);
  const bool masked = hides_any(in.mask);
  pooling::Forward::each(scored.pooled, [&](Field field, const Mat& value) {
    if (field.name == "masked" && !masked) return;  // the scores again
    if (field.name == "weights" && !masked) field.formula = softmax_formula;
    trace.tensor(field, value, prefix);
  });
  expect_complete(scored.pooled);
  return scored;
}

void explain_widths(const ScoringFunction& function, const Inputs& in, trace::Builder& trace) {
  trace.step(std::string(function.name), fmt::format("{}: not for these widths", function.title),
             fmt::format("It compares query and key entry by entry, and so needs them to be of one "
                         "width. Here queries have width {} and keys have width {}.",
                         cols(in.queries), cols(in.keys)),
             std::string(function.formula), std::string(function.source));
}

/// (Tq, F, width of the field): what each function gives each query.
Ten3 stacked(const std::vector<Scored>& all, Mat pooling::Forward::*field) {
  const Mat& first = all.front().pooled.*field;
  Ten3 stack = zeros(rows(first), all.size(), cols(first));
  for (std::size_t f = 0; f < all.size(); ++f) {
    for (std::size_t i = 0; i < rows(first); ++i) {
      for (std::size_t j = 0; j < cols(first); ++j) stack(i, f, j) = (all[f].pooled.*field)(i, j);
    }
  }
  return stack;
}

void compare(const std::vector<Scored>& all, const Inputs& in, trace::Builder& trace) {
  trace.step(
      "weights", "The weights side by side",
      "For each query, a row for each function: the same query and the same keys, and what "
      "each function would have it attend to. The context is the values, averaged with "
      "these weights.",
      hides_any(in.mask) ? "A = softmax(masked), over the keys" : std::string(softmax_formula));
  trace.tensor({"weights", "Tq,F,Tk", "", "", Kind::weight},
               stacked(all, &pooling::Forward::weights));
  trace.tensor({"context", "Tq,F,dv", "C = A V"}, stacked(all, &pooling::Forward::context));
}

Mat first_row(const Mat& m) {
  Mat row = zeros(1, cols(m));
  for (std::size_t j = 0; j < cols(m); ++j) row(0, j) = m(0, j);
  return row;
}

Mat reversed(const Mat& m) {
  Mat turned = m;
  for (std::size_t i = 0; i < rows(m); ++i) {
    for (std::size_t j = 0; j < cols(m); ++j) turned(i, j) = m(rows(m) - 1 - i, j);
  }
  return turned;
}

/// Content-based weights go with the keys; location-based weights stay.
void reverse_keys(const std::vector<Scored>& all, const io::Config& config, const Inputs& in,
                  trace::Builder& trace) {
  const Mat query = first_row(in.queries);
  const Mat turned = reversed(in.keys);
  Mat before = zeros(all.size(), rows(in.keys));
  Mat after = zeros(all.size(), rows(in.keys));
  for (std::size_t f = 0; f < all.size(); ++f) {
    const ScoringFunction& function = *all[f].function;
    const Mat given = softmax(function.score({function.name, config, query, in.keys}));
    const Mat moved = softmax(function.score({function.name, config, query, turned}));
    for (std::size_t j = 0; j < rows(in.keys); ++j) {
      before(f, j) = given(0, j);
      after(f, j) = moved(0, j);
    }
  }
  std::vector<std::string> names(rows(in.keys));
  for (std::size_t j = 0; j < names.size(); ++j) names[j] = fmt::format("[{}]", j);
  if (config.has("tokens.keys")) names = config.list("tokens.keys");
  std::reverse(names.begin(), names.end());
  trace.label("reversed", names);
  const bool by_location = std::any_of(all.begin(), all.end(), [](const Scored& scored) {
    return scored.function->name == "location";
  });
  trace.step("reversed", "Content or location: the same keys in reverse order",
             std::string("The first query, with every key in sight. A content-based function looks "
                         "at the key: each key takes its weight along, and the row turns round.") +
                 (by_location ? " The location-based function looks at the place: its row stays as "
                                "it was, whatever stands there now."
                              : ""));
  trace.tensor({"in_order", "F,Tk", "", "", Kind::weight}, before);
  trace.tensor({"in_reverse", "F,reversed", "", "", Kind::weight}, after);
}

void show_gradients(const std::vector<Scored>& all, const io::Config& config, const Inputs& in,
                    trace::Builder& trace) {
  const Mat d_context = show_d_context(config, trace);
  for (const Scored& scored : all) {
    const std::string name(scored.function->name);
    trace.step(name + ".gradients", fmt::format("{}: gradients", scored.function->title),
               "Back from the context through the average and the softmax to the scores, and from "
               "there to the queries, the keys and what can be learned.");
    try {
      const pooling::Backward pooled = pooling::backward(in.values, scored.pooled, d_context);
      trace.tensors(pooled, name + ".");
      ScoringCall call(name, config, in.queries, in.keys);
      call.show_gradients_in(trace, pooled.d_scores);
      scored.function->score(call);
    } catch (const Unfinished&) {  // the others do not depend on it
    }
  }
}

/// Where each function has the first query look most.
std::string seen(const std::vector<Scored>& all, const trace::Builder& trace) {
  std::vector<std::pair<std::string, std::string>> looks;  // a place, and the functions
  double least = 1.0, most = 0.0;
  for (const Scored& scored : all) {
    const Largest largest = largest_in_row(scored.pooled.weights, 0);
    if (largest.value == 0.0) return "The first query may see no key, whatever the function.";
    const std::string place =
        largest.as_large > 1 ? "several keys alike" : trace.name_of("Tk", largest.column);
    const auto known = std::find_if(looks.begin(), looks.end(),
                                    [&](const auto& look) { return look.first == place; });
    const std::string name(scored.function->name);
    if (known == looks.end()) {
      looks.emplace_back(place, name);
    } else {
      known->second += ", " + name;
    }
    least = std::min(least, largest.value);
    most = std::max(most, largest.value);
  }
  std::string said;
  for (const auto& [place, names] : looks) {
    said += fmt::format("{}on {} by {}", said.empty() ? "" : "; ", place, names);
  }
  said = fmt::format("The query {} puts most weight {}.", trace.name_of("Tq", 0), said);
  if (all.size() == 1) return said;
  return said + fmt::format(" How much that is goes from {:.4f} to {:.4f}.", least, most);
}

void run(const io::Config& config, const Request& request, trace::Builder& trace) {
  const std::vector<const ScoringFunction*> functions = functions_of(config);
  check_size(config, functions);
  const Inputs in{config.matrix("inputs.queries"), config.matrix("inputs.keys"),
                  config.matrix("inputs.values"), mask_of(config)};
  label_tokens(config, trace);
  show_inputs(in, trace);
  show_mask(in.mask, trace);

  std::vector<Scored> all;
  std::vector<std::string> names;
  for (const ScoringFunction* function : functions) {
    if (function->equal_widths && cols(in.queries) != cols(in.keys)) {
      explain_widths(*function, in, trace);
      continue;
    }
    try {
      all.push_back(show_function(*function, config, in, trace));
      names.emplace_back(function->name);
    } catch (const Unfinished&) {  // the others do not depend on it
    }
  }
  if (all.empty()) return;

  trace.label("F", names);
  compare(all, in, trace);
  reverse_keys(all, config, in, trace);
  if (request.gradients) show_gradients(all, config, in, trace);
  trace.seen(seen(all, trace));
}

}  // namespace

const Chapter scoring{
    .name = "scoring",
    .title = "Scoring functions",
    .source =
        "Luong et al., arXiv:1508.04025v5, section 3.1; Bahdanau et al., arXiv:1409.0473v7; "
        "Vaswani et al., arXiv:1706.03762v7; Graves et al., arXiv:1410.5401v2",
    .summary = "nine ways to say how well a key fits a query, side by side; content or location",
    .problem =
        "Attention asks how well a key fits a query, and a distance on a line is only one answer. "
        "Words are vectors, queries and keys may have different widths, and what fits may have to "
        "be learned. So here are nine scores of the same queries and keys, from the papers that "
        "the next chapters are about.",
    .tries = {{{"./attn scoring --set options.functions=[dot,scaled_dot,cosine]",
                "Only these three: one product, divided by less or more."},
               {"./attn scoring configs/examples/scoring-different-widths.yaml",
                "Queries of width 3 and keys of width 2: who can still compare them?"}}},
    .schema = scoring_schema,
    .run = run,
};

}  // namespace attn::chapters
