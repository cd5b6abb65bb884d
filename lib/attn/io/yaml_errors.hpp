/// What is wrong with a YAML text, in words for people who do not know YAML's grammar.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "attn/io/yaml.hpp"

namespace attn::io {

/// `parser` is the parser's own message, `position` the byte at which it stopped, `open` the
/// innermost list or map not yet closed, if any.
std::string syntax_message(const std::string& parser, const Source& source, std::size_t position,
                           const Node* open);

inline constexpr std::string_view tab_message = "a tab in the indentation; use spaces";

/// The column, from 1, of a tab in the indentation of the line that has byte `position`.
std::optional<std::size_t> tab_column(const Source& source, std::size_t position);

/// For a list or map in brackets that is still open where the file ends: it is reported at `open`.
std::string unclosed_at_end(const Node& open);

/// Does the text in quotes that begins at byte `position`, maybe after an anchor, never end? The
/// parser takes the end of the file for its end.
bool never_closed(const Source& source, std::size_t position);

std::string not_closed_quotes();
std::string too_deep();
std::string duplicate_key(const std::string& key, std::uint32_t first_line);

/// "tag:yaml.org,2002:str" is written !!str.
std::string short_tag(const std::string& tag);

/// Why a second document starts at byte `position`: `---`, or something left over.
std::string second_document(const Source& source, std::size_t position);

/// A bound on the size by counting what separates values, before anything is parsed: the parser
/// holds a whole list in memory before it hands over the first entry.
std::optional<Fault> too_many_values(const Source& source);

}  // namespace attn::io
