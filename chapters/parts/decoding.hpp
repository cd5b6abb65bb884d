/// What chapters whose decoder says words have in common: how it goes from word to word.
#pragma once

#include <string>
#include <vector>

#include "attn/io/config.hpp"
#include "attn/mechanisms/decoding.hpp"

namespace attn::chapters {

/// options.decoding and options.limit.
std::vector<io::FieldSpec> decoding_fields();

/// The same, with beam search: also options.beam_width and options.length_penalty.
std::vector<io::FieldSpec> beam_decoding_fields();

/// The places of words in a vocabulary. The config was refused if one is not there.
std::vector<std::size_t> numbers_of(const std::vector<std::string>& words,
                                    const std::vector<std::string>& vocabulary);

/// Of tokens.target_vocabulary, tokens.start, tokens.stop, tokens.target and the options.
/// \throws io::InputError if teacher forcing has no target to force, or if the probabilities of all
/// steps could exhaust memory.
Decoding decoding_of(const io::Config& config);

}  // namespace attn::chapters
