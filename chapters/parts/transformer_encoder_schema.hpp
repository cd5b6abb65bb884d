/// The chapter transformer-encoder's config: what it may contain, and what is checked beyond that.
#pragma once

#include <string>
#include <vector>

#include "attn/io/config.hpp"

namespace attn::chapters {

const io::Schema& transformer_encoder_schema();

/// The words of the config, or only their names where inputs.X has the vectors.
struct EncoderWords {
  std::vector<std::string> names;    ///< may be empty
  std::vector<std::size_t> numbers;  ///< places in the vocabulary; empty with inputs.X
  std::vector<std::string> vocabulary;
  std::string counted;  ///< the field whose entries are the positions
};

/// \throws io::InputError unless there is either inputs.X, or words with a vocabulary and E.
EncoderWords encoder_words_of(const io::Config& config);

// Refuse runs that would exhaust memory.
void check_encoder_size(const io::Config& config);
void check_study_size(const io::Config& config, std::size_t layers, std::size_t samples);

}  // namespace attn::chapters
