/// The config of the chapter global-local, and what it says of the attention.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "attn/io/config.hpp"
#include "attn/mechanisms/luong_attention.hpp"

namespace attn::chapters::luong_walk {

inline const std::string encoder_path = "parameters.encoder";
inline const std::string encoder_inputs = "inputs.encoder";
inline const std::string decoder_path = "parameters.decoder";

const io::Schema& schema();

/// A score by the name that it has in the config.
struct NamedScore {
  std::string name;
  luong_score::Params params;
};

/// Those that can be computed: dot if encoder and decoder are equally wide, location if it knows
/// sentences of this length, and all of them if their parameters are given.
std::vector<NamedScore> scores_given(const io::Config& config);

/// Why a score that the config could show is not among them; empty if there is none.
std::string why_not_all(const io::Config& config);

/// The decoder's attention as the config has it.
/// \throws io::InputError if parameters are missing, or widths do not fit.
luong_attention::Params attention_of(const io::Config& config);

/// May local-p be shown? It may if its parameters are given, and its Gaussian has a width: D > 0.
bool has_position(const io::Config& config);

/// Is h~ fed into the next step? \throws io::InputError if it should be and there is no matrix C.
bool feeds_input(const io::Config& config);

/// \throws io::InputError if the decoder's parameters do not fit those of the encoder, or if what
/// would be computed would exhaust memory.
void check(const io::Config& config);

/// "local-m"
std::string name_of(luong_attention::Reach reach);

}  // namespace attn::chapters::luong_walk
