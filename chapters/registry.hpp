/// Every chapter, in reading order. A new chapter adds its line here and in registry.cpp.
#pragma once

#include <span>

#include "chapters/chapter.hpp"

namespace attn::chapters {

extern const Chapter nadaraya_watson;
extern const Chapter scoring;
extern const Chapter seq2seq;
extern const Chapter bahdanau;
extern const Chapter global_local;
extern const Chapter soft_hard;
extern const Chapter scaled_dot_product;
extern const Chapter self_attention;
extern const Chapter positional_encoding;
extern const Chapter multi_head;
extern const Chapter transformer_encoder;
extern const Chapter transformer_decoder;

std::span<const Chapter* const> all();

/// The chapter of that name, or nullptr.
const Chapter* find(std::string_view name);

/// The chapter to read after this one, or nullptr after the last.
const Chapter* after(const Chapter& chapter);

/// The chapter that a config names. \throws io::InputError if there is none, with the nearest name.
const Chapter& named_in(const io::Source& source);

/// The text of the chapter's default config, configs/NAME.yaml as it was when the program was
/// built.
std::string_view default_config(const Chapter& chapter);

}  // namespace attn::chapters
