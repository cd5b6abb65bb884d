/// The part of the chapter soft-hard on the way back.
#pragma once

#include "attn/mechanisms/doubly_stochastic.hpp"
#include "attn/trace/build.hpp"
#include "chapters/parts/captioning.hpp"

namespace attn::chapters::captioning {

/// From the loss of the words, and the penalty, to all parameters and the features.
/// \param caption complete. \param penalty of its weights; empty if lambda is 0.
/// \throws Unfinished where a step of the way back has not been written.
void show_backward(const Inputs& in, const show_attend_tell::Caption& caption,
                   const doubly_stochastic::Forward& penalty, trace::Builder& trace);

}  // namespace attn::chapters::captioning
