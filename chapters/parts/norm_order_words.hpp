/// What the numbers of the study of norm orders say, in words.
#pragma once

#include <string>

#include "attn/mechanisms/norm_order_study.hpp"

namespace attn::chapters {

/// How the sizes of the gradients compare: at the last layer, over the layers, and over the depths.
/// Each sentence is made from the numbers, and left out where they do not say it.
std::string norm_order_words(const norm_order_study::Gradients& g);

}  // namespace attn::chapters
