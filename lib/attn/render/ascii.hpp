/// Text for terminals that know no more than ASCII.
#pragma once

#include <string>
#include <string_view>

namespace attn::render {

/// The text with a sign of ASCII in place of every other, so that columns stay where they are:
/// lines and corners become - | +, shades . : # @, `∞` becomes inf. Signs that ASCII has nothing
/// for become `?`, as wide as they are. \param text valid UTF-8
std::string to_ascii(std::string_view text);

}  // namespace attn::render
