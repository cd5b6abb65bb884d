#include "chapters/parts/transformer_decoder_schema.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "chapters/parts/decoding.hpp"
#include "chapters/parts/transformer_input.hpp"
#include "chapters/parts/transformer_layers.hpp"

namespace attn::chapters {
namespace {

using io::FieldSpec;
using io::Type;

const StackAxes encoder_axes{.layers = "N"};
const StackAxes decoder_axes{.layers = "M"};
const std::string decoder_prefix = "parameters.decoder.";

void append(std::vector<FieldSpec>& fields, std::vector<FieldSpec> more) {
  fields.insert(fields.end(), more.begin(), more.end());
}

std::vector<FieldSpec> embedding_fields() {
  return {{.path = "parameters.source.E",
           .axes = "Vx,dm",
           .meaning = "Embeddings of the source's words, one a row.",
           .required = true},
          learned_positions_field("parameters.source.P", "Txmax,dm", " of the source"),
          {.path = "parameters.target.E",
           .axes = "Vy,dm",
           .meaning = "Embeddings of the target's words, one a row.",
           .required = true},
          learned_positions_field("parameters.target.P", "Tymax,dm", " of the target")};
}

std::vector<FieldSpec> decoder_fields() {
  std::vector<FieldSpec> fields =
      attention_fields(decoder_prefix, decoder_axes, "Masked self-attention");
  append(fields, norm_fields(decoder_prefix, decoder_axes, 1, "the self-attention"));
  append(fields, attention_fields(decoder_prefix, decoder_axes, "Cross-attention", "_cross"));
  append(fields, norm_fields(decoder_prefix, decoder_axes, 2, "the cross-attention"));
  append(fields, feed_forward_fields(decoder_prefix, decoder_axes));
  append(fields, norm_fields(decoder_prefix, decoder_axes, 3, "the feed-forward network"));
  append(fields, final_norm_fields(decoder_prefix, decoder_axes));
  return fields;
}

std::vector<FieldSpec> all_fields() {
  std::vector<FieldSpec> fields = sentence_fields(beam_decoding_fields());
  append(fields, embedding_fields());
  append(fields, encoder_fields("parameters.encoder.", encoder_axes));
  append(fields, decoder_fields());
  append(fields, {{.path = "parameters.output.W",
                   .axes = "dm,Vy",
                   .meaning = "From the decoder's output to a score for each word.",
                   .required = true,
                   .rows_in = true},
                  {.path = "parameters.output.b",
                   .axes = "Vy",
                   .meaning = "Its bias; 0 unless given, as in the paper."}});
  append(fields, layer_option_fields());
  fields.push_back(positions_field());
  fields.push_back({.path = "options.source_length",
                    .type = Type::integer,
                    .meaning = "How many source words count, from the first: the others are "
                               "padding, which nobody sees. All unless given.",
                    .range = io::Range{1, static_cast<double>(io::max_entries)}});
  return fields;
}

decoder::Params decoder_of(const io::Config& config) {
  decoder::Params params;
  for (std::size_t n = 0; n < config.extent(decoder_axes.layers); ++n) {
    params.layers.push_back({attention_of(config, decoder_prefix, n, decoder_axes),
                             norm_of(config, decoder_prefix, 1, n, decoder_axes),
                             attention_of(config, decoder_prefix, n, decoder_axes, "_cross"),
                             norm_of(config, decoder_prefix, 2, n, decoder_axes),
                             feed_forward_of(config, decoder_prefix, n, decoder_axes),
                             norm_of(config, decoder_prefix, 3, n, decoder_axes),
                             norm_order_of(config)});
  }
  params.last_norm = final_norm_of(config, decoder_prefix, decoder_axes);
  return params;
}

/// Positions of the decoder: of the target that is given, stop included, and of all words that may
/// be decoded.
struct TargetPositions {
  std::size_t count;
  const char* field;  ///< what makes them so many
};

TargetPositions target_positions(const io::Config& config, const TransformerDecoding& how) {
  const std::size_t given = config.has("tokens.target") ? config.extent("Ty") + 1 : 0;
  if (given >= how.most()) return {given, "tokens.target"};
  return {how.most(), "options.limit"};
}

}  // namespace

const io::Schema& transformer_decoder_schema() {
  static const io::Schema schema{
      .chapter = "transformer-decoder",
      .axes = {{"Tx", "number of source words"},
               {"Ty", "number of target words"},
               {"N", "number of encoder layers"},
               {"M", "number of decoder layers"},
               {"dm", "width of the model"},
               {"dff", "width inside the feed-forward networks"},
               {"H", "heads"},
               {"dk", "width of a head, dm/H"},
               {"Vx", "number of words in the source vocabulary"},
               {"Vy", "number of words in the target vocabulary"},
               {"Txmax", "number of learned positions of the source"},
               {"Tymax", "number of learned positions of the target"}},
      .fields = all_fields(),
      .computes = {"Tx,Tx", "Tx,dm", "Tx,dff", "Ty,Ty", "Ty,Tx", "Ty,dm", "Ty,dff", "Ty,Vy"},
  };
  return schema;
}

TransformerDecoding transformer_decoding_of(const io::Config& config) {
  TransformerDecoding how;
  how.words = decoding_of(config);
  how.beam = config.choice("options.decoding") == "beam";
  how.search = {.width = config.size("options.beam_width"),
                .alpha = config.number("options.length_penalty"),
                .stop = how.words.stop,
                .limit = how.words.limit};
  return how;
}

transformer::Params transformer_of(const io::Config& config, const Sentences& sentences,
                                   const TransformerDecoding& how) {
  const std::size_t dm = config.extent("dm");
  transformer::Params params;
  params.E_source = config.matrix("parameters.source.E");
  params.P_source =
      positions_of(config, "parameters.source.P", sentences.source.size(), dm, "tokens.source");
  params.encoder = encoder_of(config, "parameters.encoder.", encoder_axes);
  params.E_target = config.matrix("parameters.target.E");
  const TargetPositions target = target_positions(config, how);
  params.P_target = positions_of(config, "parameters.target.P", target.count, dm, target.field);
  params.decoder = decoder_of(config);
  params.output.W = config.matrix("parameters.output.W");
  params.output.b = config.has("parameters.output.b") ? config.vector("parameters.output.b")
                                                      : zeros(cols(params.output.W));
  return params;
}

std::size_t source_length_of(const io::Config& config) {
  const std::size_t Tx = config.extent("Tx");
  if (!config.has("options.source_length")) return Tx;
  const std::size_t length = config.size("options.source_length");
  if (length > Tx) {
    config.reject("options.source_length",
                  fmt::format("found {}, but there are {} source words; expected at most as many",
                              length, Tx));
  }
  return length;
}

void check_transformer_size(const io::Config& config, const TransformerDecoding& how) {
  const auto count = [](std::size_t n) { return static_cast<double>(n); };
  const TargetPositions target = target_positions(config, how);
  const double Tx = count(config.extent("Tx")), Ty = count(target.count);
  const double dm = count(config.extent("dm")), dff = count(config.extent("dff"));
  const double heads = count(config.size("options.heads")), M = count(config.extent("M"));
  expect_room(config, "tokens.source", encoder_size(config, Tx, encoder_axes));
  const double a_layer =
      4.0 * heads * Ty * (Ty + Tx) + 2.0 * Ty * dff + 30.0 * Ty * dm + 6.0 * Tx * dm;
  const double caches = how.beam ? 8.0 * count(how.search.width) * (Ty + Tx) * dm : 0.0;
  expect_room(config, target.field, M * (2.0 * a_layer + caches));
}

}  // namespace attn::chapters
