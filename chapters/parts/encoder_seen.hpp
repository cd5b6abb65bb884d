/// What a run of the encoder has shown, said from its numbers.
#pragma once

#include <string>

#include "attn/mechanisms/encoder.hpp"
#include "attn/trace/build.hpp"

namespace attn::chapters {

/// Where layer 1 looks most, how much its sublayers add, and how the rows' variances changed.
/// \param x what the first layer was given (T, dm)
/// \param forward complete
std::string encoder_seen(const trace::Builder& trace, const Mat& x, const Mask& mask,
                         const encoder::Forward& forward);

}  // namespace attn::chapters
