/// The way back through the Transformer's decoder, from its output to its input and to the memory.
#pragma once

#include "attn/mechanisms/decoder.hpp"
#include "attn/trace/build.hpp"

namespace attn::chapters {

/// The last layer, the first that the gradient meets, part by part; those before it compactly.
/// \throws Unfinished where a step has not been written.
void show_decoder_gradients(const decoder::Params& params, const decoder::Backward& back,
                            trace::Builder& trace);

}  // namespace attn::chapters
