/// What the chapter positional-encoding says about its steps.
#pragma once

#include <vector>

#include "attn/mechanisms/positions.hpp"
#include "attn/trace/build.hpp"

namespace attn::chapters {

std::vector<trace::Words> sinusoid_words(positions::Layout layout);

/// \param k how far the matrix moves
std::vector<trace::Words> shift_words(double k);

std::vector<trace::Words> similarity_words(bool learned);
const std::vector<trace::Words>& learned_backward_words();

}  // namespace attn::chapters
