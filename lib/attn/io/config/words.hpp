/// The words that messages are made of.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "attn/core/tensor.hpp"
#include "attn/io/yaml.hpp"

namespace attn::io {

/// What stands there: "nothing", "true", "the number 3", `text "abc"`, "a list of 2 numbers",
/// "a map".
std::string describe(const Node& node);

/// In quotes, and cut off after 40 characters.
std::string quote(std::string_view text);

/// "1 number", "2 numbers".
std::string counted(std::size_t count, const std::string& noun);

/// "have" for names that read as a plural (inputs.keys), else "has".
std::string has_or_have(const std::string& path);

/// "5 x 3", or "1" for no axes.
std::string times(const Shape& shape);

/// "1, 0": a cell, counted from 0 as tables and the notation of tensors do.
std::string cell_text(std::size_t index, const Shape& shape);

}  // namespace attn::io
