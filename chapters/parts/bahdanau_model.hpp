/// The chapter bahdanau's config: what it may contain, and the model that it describes.
#pragma once

#include "attn/io/config.hpp"
#include "attn/mechanisms/gru.hpp"
#include "attn/mechanisms/rnnsearch.hpp"

namespace attn::chapters {

/// The declaration of the chapter's config.
const io::Schema& bahdanau_schema();

struct BahdanauModel {
  Mat E;                   // (Vx, dx), embeddings of source words
  gru::Params ahead;       // the encoder from the first word to the last
  gru::Params back;        // and from the last to the first
  rnnsearch::Params decoder;
};

/// Biases that the config does not give are 0.
BahdanauModel bahdanau_model(const io::Config& config);

/// The sentence, by the numbers of its words.
struct BahdanauWords {
  std::vector<std::size_t> source;  ///< in the source vocabulary
  std::vector<std::size_t> target;  ///< what the decoder is told, under teacher forcing; else empty
  std::size_t start = 0, stop = 0;
};

/// Refuses a target that teacher forcing lacks, and a decoding that would exhaust memory.
BahdanauWords bahdanau_words(const io::Config& config);

}  // namespace attn::chapters
