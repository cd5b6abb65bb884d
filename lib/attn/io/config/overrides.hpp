/// `--set PATH=VALUE`: replaces or adds a node of the document.
#pragma once

#include <string>
#include <vector>

#include "attn/io/config.hpp"
#include "attn/io/config/faults.hpp"
#include "attn/io/yaml.hpp"

namespace attn::io {

/// Every value is parsed as YAML under the name "--set PATH"; where one path is set twice, the
/// later wins. Besides the fields and their sections, PATH may name a part of a tensor's map
/// (parameters.W.seed), `title`, and `expect` with what is in it.
void apply_overrides(Node& root, const Schema& schema, const std::vector<Override>& overrides,
                     Faults& faults);

/// Did the node come from an override?
bool is_override(const Node& node);

}  // namespace attn::io
