/// Every chapter, in reading order. A new chapter adds its line here and in registry.cpp.
#pragma once

#include <span>

#include "chapters/chapter.hpp"

namespace attn::chapters {

extern const Chapter nadaraya_watson;
extern const Chapter scoring;
extern const Chapter scaled_dot_product;

std::span<const Chapter* const> all();

/// The chapter of that name, or nullptr.
const Chapter* find(std::string_view name);

/// The text of the chapter's default config, configs/NAME.yaml as it was when the program was
/// built.
std::string_view default_config(const Chapter& chapter);

}  // namespace attn::chapters
