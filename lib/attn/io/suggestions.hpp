/// "Did you mean …?"
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace attn::io {

/// The name that is nearest to `found`, by the number of letters to insert, delete, replace or
/// swap, upper and lower case being alike; empty if none is near (more than a third of the letters
/// differ).
std::string nearest(std::string_view found, const std::vector<std::string>& names);

/// "; did you mean inputs.keys?", or "; expected one of a, b, c" if no name is near.
std::string suggestion(std::string_view found, const std::vector<std::string>& names);

/// "a", "a or b", "a, b or c".
std::string alternatives(const std::vector<std::string>& names);

}  // namespace attn::io
