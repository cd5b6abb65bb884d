/// "Did you mean …?"
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace attn::io {

/// The name that is nearest to `found`, by the number of letters to insert, delete, replace or
/// swap, upper and lower case being alike; else the first that begins with `found`, if it has two
/// letters or more; empty if none is near (more than a third of the letters differ).
std::string nearest(std::string_view found, const std::vector<std::string>& names);

/// The same for names with dots, part by part: inputs.kyes is near inputs.keys. Where none is near,
/// a path that ends as `found` does: for options.keys this is inputs.keys.
std::string nearest_path(std::string_view found, const std::vector<std::string>& paths);

/// "; did you mean inputs.keys?", or "; expected one of a, b or c" if no name (or path) is near.
std::string suggestion(std::string_view found, const std::vector<std::string>& names);

/// "a", "a or b", "a, b or c".
std::string alternatives(const std::vector<std::string>& names);

}  // namespace attn::io
