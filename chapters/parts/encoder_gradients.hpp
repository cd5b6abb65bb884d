/// The way back through the Transformer's encoder, from its output to its input.
#pragma once

#include <string>

#include "attn/mechanisms/encoder.hpp"
#include "attn/trace/build.hpp"

namespace attn::chapters {

/// The last layer, the first that the gradient meets, in two steps; those before it compactly.
/// \param prefix of steps and tensors: "", or "encoder."
/// \param explained the last layer's results in full; else it is as compact as the others
/// \throws Unfinished where a step has not been written.
void show_encoder_gradients(const encoder::Params& params, const encoder::Backward& back,
                            const std::string& prefix, bool explained, trace::Builder& trace);

}  // namespace attn::chapters
