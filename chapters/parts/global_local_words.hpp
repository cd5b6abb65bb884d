/// What global-local says of windows.
#pragma once

#include <cstddef>
#include <string>

#include "attn/mechanisms/luong_attention.hpp"

namespace attn::chapters::luong_walk {

/// Whether the window holds the whole sentence, and what it is. Ends with a space.
std::string about_window(const local::Options& window, std::size_t Tx);

/// What becomes of the weights in the window.
std::string about_rest(const luong_attention::Params& params);

}  // namespace attn::chapters::luong_walk
