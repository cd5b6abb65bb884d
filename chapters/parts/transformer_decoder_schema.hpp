/// The chapter transformer-decoder's config: what it may contain, and the model that it describes.
#pragma once

#include <vector>

#include "attn/io/config.hpp"
#include "attn/mechanisms/beam_search.hpp"
#include "attn/mechanisms/transformer.hpp"
#include "chapters/parts/sentences.hpp"

namespace attn::chapters {

const io::Schema& transformer_decoder_schema();

/// How the config has words said.
struct TransformerDecoding {
  Decoding words;     ///< its target is empty unless it leads
  bool beam = false;  ///< else greedily, or as the target leads
  beam_search::Options search{};

  /// As many words as may be decoded.
  std::size_t most() const { return words.most(); }
};

/// \throws io::InputError if teacher forcing has no target.
TransformerDecoding transformer_decoding_of(const io::Config& config);

/// \throws io::InputError for heads that do not divide dm, positions that cannot be had, and
/// parameters of norms that are not there.
transformer::Params transformer_of(const io::Config& config, const Sentences& sentences,
                                   const TransformerDecoding& how);

/// How many source words count.
std::size_t source_length_of(const io::Config& config);

/// \throws io::InputError if the run would exhaust memory.
void check_transformer_size(const io::Config& config, const TransformerDecoding& how);

}  // namespace attn::chapters
