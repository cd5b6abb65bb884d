/// What the chapter positional-encoding says about its steps.
#pragma once

#include <string>
#include <vector>

#include "attn/mechanisms/position_similarity.hpp"
#include "attn/mechanisms/positions.hpp"
#include "attn/trace/build.hpp"

namespace attn::chapters {

std::vector<trace::Words> sinusoid_words(const positions::Sinusoid& how, const Vec& frequencies);

/// What a map of so many positions and columns shows.
std::string map_words(const positions::Sinusoid& how, std::size_t positions, std::size_t width);

/// \param k how far the matrix moves
std::vector<trace::Words> shift_words(double k);

std::vector<trace::Words> similarity_words(bool learned);

/// How similarity depends on the distance.
std::string by_distance_words(bool learned, const position_similarity::ByDistance& by);

const std::vector<trace::Words>& learned_backward_words();

}  // namespace attn::chapters
