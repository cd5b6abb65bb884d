/// The backward formulas of what several chapters use, in Luong's letters: h_t, h_s, a_t(s).
#pragma once

#include <string>
#include <string_view>

namespace attn::chapters::luong_walk {

/// \param part "general", "pooling", … ; \return empty where the mechanism's own will do
std::string_view backward_formula(std::string_view part, std::string_view field);

}  // namespace attn::chapters::luong_walk
