/// The part of the chapter soft-hard on the gradient of hard attention.
#pragma once

#include "attn/trace/build.hpp"
#include "chapters/parts/captioning.hpp"

namespace attn::chapters::captioning {

/// Shows nothing unless the config asks for it.
/// \param caption what the decoder made, whatever its look.
/// \throws io::InputError if the study would take too long, or its word does not exist.
void show_study(const io::Config& config, const Inputs& in,
                const show_attend_tell::Caption& caption, trace::Builder& trace);

}  // namespace attn::chapters::captioning
