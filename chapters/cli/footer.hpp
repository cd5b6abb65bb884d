/// What stands below a chapter in a student's tree: how far they have come, and what comes next.
#pragma once

#include <string>

#include "attn/io/source.hpp"
#include "chapters/chapter.hpp"

namespace attn::cli {

/// Empty outside a student's tree, and where every step of the chapter computes something.
std::string footer(const chapters::Chapter& chapter, const io::Source& source, std::size_t width,
                   bool color);

}  // namespace attn::cli
