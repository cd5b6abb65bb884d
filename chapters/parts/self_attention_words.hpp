/// What the chapters on self-attention say about its steps.
#pragma once

#include <vector>

#include "attn/io/config.hpp"
#include "attn/trace/build.hpp"

namespace attn::chapters {

const std::vector<trace::Words>& projection_words();

/// \param hides is anything masked?
std::vector<trace::Words> self_attention_words(const io::Config& config, bool hides);

const std::vector<trace::Words>& self_attention_backward_words();
const std::vector<trace::Words>& parameter_gradient_words();
const std::vector<trace::Words>& input_gradient_words();

}  // namespace attn::chapters
