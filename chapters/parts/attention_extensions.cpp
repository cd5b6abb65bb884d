#include "chapters/parts/attention_extensions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace attn::chapters {

using io::Type;

io::FieldSpec bias_field() {
  return {.path = "inputs.bias",
          .axes = "Tq,Tk",
          .meaning = "Added to the scores after the scale; -.inf hides a key.",
          .or_minus_inf = true};
}

io::FieldSpec softcap_field() {
  return {.path = "options.softcap",
          .type = Type::number,
          .meaning = "A cap c on the scaled scores, before bias and mask: c tanh(score / c).",
          .range = io::Range{0.0, std::numeric_limits<double>::infinity(), true}};
}

std::vector<io::FieldSpec> rotary_fields() {
  return {
      {.path = "options.positions",
       .type = Type::choice,
       .meaning = "rope turns queries and new keys by their positions.",
       .fallback = "none",
       .choices = {"none", "rope"}},
      {.path = "options.layout",
       .type = Type::choice,
       .meaning = "rope: which entries are turned as a pair, (1, 2), (3, 4), … as in the paper, or "
                  "(i, i + dk/2) as in GPT-NeoX and Llama.",
       .fallback = "interleaved",
       .choices = {"interleaved", "halves"}},
      {.path = "options.base",
       .type = Type::number,
       .meaning = "rope: pair i, counted from 0, turns by base^(-2i/dk) radians a position.",
       .fallback = "10000",
       .range = io::Range{1.0, 1e300}},
      {.path = "options.first_position",
       .type = Type::integer,
       .meaning = "rope: where the first query and the first key stand; past keys stand from there "
                  "on, and queries and new keys behind them.",
       .fallback = "0",
       .range = io::Range{0, static_cast<double>(io::max_entries)}},
  };
}

std::vector<io::FieldSpec> past_fields() {
  return {
      {.path = "inputs.past_keys",
       .axes = "Tp,dk",
       .meaning =
           "Keys of positions before these, kept as they were used. Masks are then over past and "
           "new keys, and in causal order query i sees the past and the new keys 1 to i."},
      {.path = "inputs.past_values", .axes = "Tp,dv", .meaning = "Their values."},
  };
}

std::vector<io::AxisSpec> past_axes() {
  return {{"Tp", "number of keys and values of the past", true},
          {"Tn", "number of new keys and values", true}};
}

io::AxisChange keys_with_past() {
  return {.field = "inputs.past_keys",
          .axis = "Tk",
          .becomes = "Tp+Tk",
          .of = {"inputs.mask", "inputs.bias", "options.valid_lens"}};
}

std::optional<double> softcap_of(const io::Config& config) {
  if (!config.has("options.softcap")) return std::nullopt;
  return config.number("options.softcap");
}

std::optional<rope::Rope> rope_of(const io::Config& config, std::size_t dk, const std::string& of) {
  if (config.choice("options.positions") == "none") return std::nullopt;
  if (dk % 2 != 0) {
    config.reject("options.positions",
                  fmt::format("rope turns pairs of entries, and {} have an odd width, dk = {}; "
                              "expected an even one",
                              of, dk));
  }
  return rope::Rope{.base = config.number("options.base"),
                    .layout = config.choice("options.layout") == "halves"
                                  ? rope::Layout::halves
                                  : rope::Layout::interleaved,
                    .first = static_cast<double>(config.integer("options.first_position"))};
}

bool has_past(const io::Config& config) {
  const bool keys = config.has("inputs.past_keys"), values = config.has("inputs.past_values");
  if (keys && !values) {
    config.reject("inputs.past_keys", "found without inputs.past_values, expected both or neither");
  }
  if (values && !keys) {
    config.reject("inputs.past_values", "found without inputs.past_keys, expected both or neither");
  }
  return keys;
}

void label_past(std::size_t past, const std::vector<std::string>& names, trace::Builder& trace) {
  trace.rename("Tn", past > 0 ? "Tn" : "Tk");
  if (past == 0) return;
  std::vector<std::string> kept;
  for (std::size_t j = 0; j < past; ++j) kept.push_back(fmt::format("past {}", j + 1));
  trace.label("Tp", kept);
  trace.label("Tn", names);
  if (!names.empty()) kept.insert(kept.end(), names.begin(), names.end());
  trace.label("Tk", names.empty() ? std::vector<std::string>{} : kept);
}

std::vector<trace::Words> rotary_words(const rope::Rope& rope, std::size_t past) {
  return {
      {"angles", "By which angles positions turn",
       fmt::format(
           "A row for each position from {:.0f} on, a column for each pair of entries: "
           "position times base^(-2i/dk), in radians. The first pair turns by 1 a position.",
           rope.first + static_cast<double>(past))},
      {"q_rotated", "Turn the queries",
       "Two entries are a point in the plane, and it is turned about 0 by its angle. So each pair "
       "keeps its length, and a position leaves its mark all the same."},
      {"k_rotated", past > 0 ? "Turn the new keys" : "Turn the keys",
       past > 0 ? "In the same way. The keys of the past were turned when they were new."
                : "In the same way. The values are not turned: what is handed over has no place."},
  };
}

std::vector<trace::Words> past_words(std::size_t past, std::size_t added, bool turned) {
  return {
      {"all_keys", "The keys of the past, and the new ones behind them",
       fmt::format(
           "The first Tp = {} rows were computed earlier and kept{}; Tn = {} follow. So the "
           "first query stands behind {} position{}.",
           past, turned ? ", already turned" : "", added, past, past == 1 ? "" : "s")},
      {"all_values", "Their values", "In the same order."},
  };
}

trace::Words capped_words(double cap, std::span<const double> before,
                          std::span<const double> after) {
  std::size_t most = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    const auto change = [&](std::size_t at) { return std::abs(before[at] - after[at]); };
    if (change(i) > change(most)) most = i;
  }
  const std::string seen =
      before.empty() || before[most] == after[most]
          ? " Here no score changes."
          : fmt::format(" What changes most here is {:.4g}, which becomes {:.4g}.", before[most],
                        after[most]);
  return {"capped", "Bend scores that are too large",
          fmt::format("No score is left outside of -c to c, c = {:.4g}, and small ones pass nearly "
                      "unchanged.{}",
                      cap, seen)};
}

trace::Words biased_words(std::span<const double> bias) {
  const auto hidden =
      std::count(bias.begin(), bias.end(), -std::numeric_limits<double>::infinity());
  return {"biased", "Add the bias",
          fmt::format("What each query thinks of each key whatever they contain, such as how far "
                      "away it is. {} of the {} entries are -inf, and hide a key.",
                      hidden, bias.size())};
}

void show_moved(std::span<const double> scores, std::span<const double> moved,
                trace::Builder& trace) {
  double difference = 0.0, largest = 0.0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    difference = std::max(difference, std::abs(scores[i] - moved[i]));
    largest = std::max(largest, std::abs(scores[i]));
  }
  trace.step(
      "moved", "What counts is the distance",
      fmt::format("Queries and new keys are turned once more, for positions that are all {:.0f} "
                  "further on, and compared again. A dot product knows only the angle "
                  "between two vectors, and both have been turned by as much: the largest "
                  "score is {:.4g} in size, and the largest difference {:.2g}.",
                  moved_by, largest, difference),
      "R_m q · R_n k = q · R_{n-m} k", "arXiv:2104.09864, eq. (16)");
  trace.tensor({"moved.difference", "", "max |q'k'^T - qk^T|"}, difference);
}

}  // namespace attn::chapters
