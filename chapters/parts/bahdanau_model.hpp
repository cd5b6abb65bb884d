/// The chapter bahdanau's config: what it may contain, and the model that it describes.
#pragma once

#include "attn/io/config.hpp"
#include "attn/mechanisms/gru.hpp"
#include "attn/mechanisms/recurrent.hpp"
#include "attn/mechanisms/rnnsearch.hpp"

namespace attn::chapters {

/// The declaration of the chapter's config.
const io::Schema& bahdanau_schema();

struct BahdanauModel {
  Mat E;              // (Vx, dx), embeddings of source words
  gru::Params ahead;  // the encoder from the first word to the last
  gru::Params back;   // and from the last to the first
  rnnsearch::Params decoder;
};

/// Where the config gives the states in which the two directions of the encoder begin.
inline const std::string ahead_inputs = "inputs.encoder.forward";
inline const std::string back_inputs = "inputs.encoder.backward";

/// Biases that the config does not give are 0.
BahdanauModel bahdanau_model(const io::Config& config);

/// Refuses a decoding that would exhaust memory.
void check_decoding_size(const io::Config& config, const Decoding& how);

}  // namespace attn::chapters
