/// Keys and values of the positions so far, which a decoder keeps instead of projecting all words
/// again at each step.
/// Axes: H heads, dk and dv widths in a head, Hdk = H dk and Hdv = H dv; t positions so far.
#pragma once

#include "attn/mechanisms/multi_head.hpp"

namespace attn::key_value_cache {

/// The keys and values of `before` (t positions, or none), then those of `added` (n positions).
/// \throws ShapeError if the two are not of the same heads and widths.
multi_head::Projected appended(const multi_head::Projected& before,
                               const multi_head::Projected& added);

}  // namespace attn::key_value_cache
