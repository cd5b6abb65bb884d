#include "chapters/parts/transformer_encoder_schema.hpp"

#include <fmt/format.h>

#include <cmath>

#include "chapters/parts/attention_inputs.hpp"
#include "chapters/parts/decoding.hpp"
#include "chapters/parts/transformer_input.hpp"
#include "chapters/parts/transformer_layers.hpp"

namespace attn::chapters {
namespace {

using io::FieldSpec;
using io::Type;

void append(std::vector<FieldSpec>& fields, std::vector<FieldSpec> more) {
  fields.insert(fields.end(), more.begin(), more.end());
}

FieldSpec over_words(FieldSpec field, const std::string& axes, const std::string& meaning) {
  field.axes = axes;
  field.meaning = meaning;
  return field;
}

std::vector<FieldSpec> all_fields() {
  FieldSpec valid_lens =
      over_words(valid_lens_field(), "T",
                 "How many words count, from the first: one number for each word that looks, or a "
                 "single one for all.");
  valid_lens.at_most_axis = "T";
  std::vector<FieldSpec> fields{
      {.path = "tokens.vocabulary",
       .type = Type::tokens,
       .axes = "V",
       .meaning = "The words that the table E has vectors for, each once."},
      {.path = "tokens.words",
       .type = Type::tokens,
       .axes = "T",
       .meaning = "The sentence. With inputs.X: names for its rows.",
       .among = "tokens.vocabulary"},
      {.path = "inputs.X",
       .axes = "T,dm",
       .meaning = "The words' vectors, one a row, instead of a vocabulary and E. They are not "
                  "multiplied by sqrt(dm); positions are added."},
      over_words(mask_field(), "T,T",
                 "Which words a word may attend to: true means \"attend\". In every layer."),
      {.path = "inputs.d_output",
       .axes = "T,dm",
       .meaning = "dL/doutput, where the backward pass starts; all ones unless given."},
      {.path = "parameters.E", .axes = "V,dm", .meaning = "Embeddings of the words, one a row."},
      learned_positions_field("parameters.P", "Tmax,dm"),
  };
  append(fields, encoder_fields("parameters."));
  append(fields, layer_option_fields());
  fields.push_back(positions_field());
  fields.push_back(over_words(
      causal_field(), "",
      "Word i sees only the words 1 to i, in every layer; with {offset: n} 1 to i + n."));
  fields.push_back(valid_lens);
  fields.push_back({.path = "study.layers",
                    .type = Type::integer,
                    .meaning = "Compare post-norm with pre-norm over so many layers, the config's "
                               "own again and again; no comparison unless given.",
                    .range = io::Range{1, 256}});
  fields.push_back({.path = "study.samples",
                    .type = Type::integer,
                    .meaning = "How often that comparison draws random weights and a random "
                               "gradient.",
                    .fallback = "8",
                    .range = io::Range{1, 10000}});
  fields.push_back({.path = "study.seed",
                    .type = Type::integer,
                    .meaning = "The seed of these draws.",
                    .fallback = "1",
                    .range = io::Range{0, 4294967295}});
  return fields;
}

double words_count(const io::Config& config) { return static_cast<double>(config.extent("T")); }

std::string counted_of(const io::Config& config) {
  return config.has("inputs.X") ? "inputs.X" : "tokens.words";
}

}  // namespace

const io::Schema& transformer_encoder_schema() {
  static const io::Schema schema{
      .chapter = "transformer-encoder",
      .axes = {{"T", "number of words"},
               {"N", "number of layers"},
               {"dm", "width of the model"},
               {"dff", "width inside the feed-forward network"},
               {"H", "heads"},
               {"dk", "width of a head, dm/H"},
               {"V", "number of words in the vocabulary"},
               {"Tmax", "number of learned positions"}},
      .fields = all_fields(),
      .computes = {"T,T", "T,dm", "T,dff"},
  };
  return schema;
}

EncoderWords encoder_words_of(const io::Config& config) {
  EncoderWords words;
  words.counted = counted_of(config);
  if (config.has("tokens.words")) words.names = config.list("tokens.words");
  if (config.has("inputs.X")) {
    for (const char* other : {"parameters.E", "tokens.vocabulary"}) {
      if (!config.has(other)) continue;
      config.reject(other,
                    "is given, and so is inputs.X, which stands for the embedded words; "
                    "expected one of the two");
    }
    return words;
  }
  for (const char* path : {"tokens.words", "tokens.vocabulary", "parameters.E"}) {
    if (config.has(path)) continue;
    config.reject(path,
                  "is missing; expected tokens.words, tokens.vocabulary and parameters.E, or "
                  "the words' vectors as inputs.X");
  }
  words.vocabulary = config.list("tokens.vocabulary");
  words.numbers = numbers_of(words.names, words.vocabulary);
  return words;
}

void check_encoder_size(const io::Config& config) {
  expect_room(config, counted_of(config), encoder_size(config, words_count(config)));
}

void check_study_size(const io::Config& config, std::size_t layers, std::size_t samples) {
  const double a_layer =
      encoder_size(config, words_count(config)) / static_cast<double>(config.extent("N"));
  expect_room(config, "study.layers", 2.0 * static_cast<double>(layers) * a_layer);
  // Multiplications: forward, and twice as many back, in both orders; a random number takes as long
  // as some 40 of them.
  const double T = words_count(config), dm = static_cast<double>(config.extent("dm")),
               dff = static_cast<double>(config.extent("dff"));
  const double weights = 4.0 * dm * dm + 2.0 * dm * dff;
  const double all = static_cast<double>(layers) * static_cast<double>(samples) *
                     (6.0 * T * (weights + 2.0 * T * dm) + 40.0 * weights);
  constexpr double most = 1e11;
  if (all <= most) return;
  config.reject(
      "study.samples",
      fmt::format("{} draws of {} layers of this size would take too long; expected at "
                  "most {:.0f} draws, or fewer layers",
                  samples, layers, std::floor(most / all * static_cast<double>(samples))));
}

}  // namespace attn::chapters
