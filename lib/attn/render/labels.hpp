/// Names cut to the room there is, so that those that differ still do.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace attn::render {

/// Each name in at most `columns` columns. A name that fits is left as it is. A name that does not
/// loses its end; where two that differ would then look alike, those lose their common beginning
/// instead or, if that does not tell them apart either, their middle. What is still alike gets its
/// position: "the sa…[3]". Below 8 columns there may be no room for that.
std::vector<std::string> shortened_apart(const std::vector<std::string>& names,
                                         std::size_t columns);

}  // namespace attn::render
