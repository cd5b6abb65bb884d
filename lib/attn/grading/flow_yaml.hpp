/// YAML that was read, written again in one line: [[1, 2], [3, 4]].
#pragma once

#include <string>

#include "attn/io/yaml.hpp"

namespace attn::grading {

/// In double quotes.
std::string quoted_yaml(const std::string& text);

/// What was in quotes, or would be read otherwise without them, is in quotes.
std::string flow_yaml(const io::Node& node);

}  // namespace attn::grading
