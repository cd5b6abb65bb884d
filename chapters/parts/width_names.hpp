/// Names for the columns of vectors, where a config gives them a meaning: noun, verb, hunter, prey.
#pragma once

#include <string>
#include <vector>

#include "attn/io/config.hpp"
#include "attn/trace/build.hpp"

namespace attn::chapters {

/// tokens.dm, which names the entries of the axis dm, and the like.
/// \param of what is that wide: "words"
io::FieldSpec width_names_field(const std::string& axis, const std::string& of);

/// Labels these axes with the names that the config gives.
void label_widths(const io::Config& config, const std::vector<std::string>& axes,
                  trace::Builder& trace);

}  // namespace attn::chapters
