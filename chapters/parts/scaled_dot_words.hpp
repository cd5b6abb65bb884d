/// What the chapter scaled-dot-product says of its steps, of those that a config asks for.
#pragma once

#include "attn/io/config.hpp"
#include "attn/mechanisms/extended_dot.hpp"
#include "attn/trace/build.hpp"

namespace attn::chapters {

std::vector<trace::Words> scaled_dot_words(const io::Config& config, const extended_dot::How& how,
                                           const extended_dot::Forward& forward, const Mask& mask);

std::vector<trace::Words> scaled_dot_backward_words(const extended_dot::How& how);

}  // namespace attn::chapters
