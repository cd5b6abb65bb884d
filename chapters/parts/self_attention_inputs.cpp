#include "chapters/parts/self_attention_inputs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "attn/mechanisms/mask.hpp"
#include "chapters/parts/attention_inputs.hpp"

namespace attn::chapters {

using io::Type;

std::vector<io::FieldSpec> projection_fields(bool required) {
  const std::string otherwise =
      required ? "" : " Without the three matrices, words are queries, keys and values themselves.";
  return {
      {.path = "parameters.W_q",
       .axes = "dm,dk",
       .meaning = "Makes queries of words: what each is looking for." + otherwise,
       .required = required,
       .rows_in = true},
      {.path = "parameters.W_k",
       .axes = "dm,dk",
       .meaning = "Makes keys of words: what each offers to be found by.",
       .required = required,
       .rows_in = true},
      {.path = "parameters.W_v",
       .axes = "dm,dv",
       .meaning = "Makes values of words: what each hands over.",
       .required = required,
       .rows_in = true},
      {.path = "parameters.b_q", .axes = "dk", .meaning = "Bias of the queries. 0 unless given."},
      {.path = "parameters.b_k", .axes = "dk", .meaning = "Bias of the keys. 0 unless given."},
      {.path = "parameters.b_v", .axes = "dv", .meaning = "Bias of the values. 0 unless given."},
  };
}

std::vector<io::FieldSpec> self_attention_fields(const std::string& axis) {
  io::FieldSpec mask = mask_field(), d_context = d_context_field(), lengths = valid_lens_field();
  mask.axes = axis + "," + axis;
  mask.meaning = "Which words a word may attend to: true means \"attend\".";
  d_context.axes = axis + ",dv";
  lengths.axes = axis;
  lengths.at_most_axis = axis;
  lengths.meaning =
      "How many words count, from the first: one number for each word that looks, or "
      "a single one for all.";
  io::FieldSpec causal = causal_field();
  causal.meaning = "Word i sees only the words 1 to i; with {offset: n} 1 to i + n.";
  return {mask,
          d_context,
          scale_field(),
          causal,
          lengths,
          {.path = "study.permutation",
           .type = Type::integers,
           .meaning = "Another order of the words: new row i is old row permutation[i], counted "
                      "from 0. The words backwards unless given.",
           .range = io::Range{0, static_cast<double>(io::max_entries)}}};
}

self_attention::Params projections_of(const io::Config& config) {
  std::size_t given = 0;
  for (const char* W : {"parameters.W_q", "parameters.W_k", "parameters.W_v"}) {
    if (config.has(W)) ++given;
  }
  const auto none = [&](const std::string& path) {
    if (given == 3) return;
    if (config.has(path)) config.reject(path, "found, and expected W_q, W_k and W_v beside it");
  };
  for (const char* name : {"W_q", "W_k", "W_v", "b_q", "b_k", "b_v"}) {
    none(std::string("parameters.") + name);
  }
  if (given == 0) return self_attention::identity(config.extent("dm"));
  self_attention::Params params = self_attention::without_biases(config.matrix("parameters.W_q"),
                                                                 config.matrix("parameters.W_k"),
                                                                 config.matrix("parameters.W_v"));
  if (config.has("parameters.b_q")) params.b_q = config.vector("parameters.b_q");
  if (config.has("parameters.b_k")) params.b_k = config.vector("parameters.b_k");
  if (config.has("parameters.b_v")) params.b_v = config.vector("parameters.b_v");
  return params;
}

bool Attending::hides() const { return std::find(mask.begin(), mask.end(), false) != mask.end(); }

bool Attending::moves() const { return !std::is_sorted(order.begin(), order.end()); }

Attending attending_of(const io::Config& config, std::size_t n, std::size_t dk) {
  Attending how{mask_of(config, n, n), scale_of(config, dk), permutation::reversed(n)};
  if (config.has("study.permutation")) {
    how.order = config.sizes("study.permutation");
    const std::string wrong = permutation::fault(how.order, n);
    if (!wrong.empty()) config.reject("study.permutation", wrong);
  }
  return how;
}

std::vector<std::string> reordered(const std::vector<std::string>& words,
                                   const permutation::Order& order) {
  std::vector<std::string> names;
  for (const std::size_t index : order) {
    names.push_back(words.empty() ? fmt::format("row {}", index) : words[index]);
  }
  return names;
}

std::string joined_order(const permutation::Order& order) {
  constexpr std::size_t most = 12;
  std::string text;
  for (std::size_t i = 0; i < std::min(order.size(), most); ++i) {
    text += (i == 0 ? "" : ", ") + std::to_string(order[i]);
  }
  return order.size() > most ? text + ", …" : text;
}

double size_of(const Mat& m) {
  double largest = 0.0;
  for (const double value : m) largest = std::max(largest, std::abs(value));
  return largest;
}

std::string equal_but_for_rounding(double difference) {
  if (difference == 0.0) return "the same to the last bit";
  return fmt::format("the same but for rounding: the largest difference is {:.2g}", difference);
}

bool differs(double difference, double largest) { return difference > 1e-12 * largest; }

std::string verdict(double difference, double largest) {
  if (!differs(difference, largest)) return equal_but_for_rounding(difference);
  return fmt::format("not the same: the largest difference is {:.2g}", difference);
}

}  // namespace attn::chapters
