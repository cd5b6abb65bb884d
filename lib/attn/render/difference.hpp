/// Where two traces part, told to people.
#pragma once

#include <string>

#include "attn/trace/diff.hpp"

namespace attn::render {

/// Some lines of text, the last ended with a newline: the step, the tensor, the cell, what was
/// expected and what was found, with as many digits as it takes to tell the two apart.
///
/// Cells count from 0, as in NumPy: scores[1, 2] is the third entry of the second row. The tables
/// of `render_text` number their rows and columns in the same way.
std::string render_difference(const trace::Difference& difference, bool color = false);

}  // namespace attn::render
