/// What a chapter's config may contain, for editors and for the docs.
#pragma once

#include <string>

#include "attn/io/schema.hpp"

namespace attn::io {

/// A JSON Schema (draft-07) for editors: it completes names, shows their meaning, and marks what
/// `load_config` would refuse, as far as that can be said without knowing the other fields.
std::string json_schema(const Schema& schema);

/// A Markdown table of the fields: path, shape or type, default, meaning.
std::string markdown_table(const Schema& schema);

}  // namespace attn::io
