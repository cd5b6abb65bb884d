/// The section `expect:` of a config.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "attn/io/config/faults.hpp"
#include "attn/io/yaml.hpp"
#include "attn/trace/diff.hpp"

namespace attn::io {

/// `expect:` maps the name of a tensor to its numbers, or to {values: …} or {file: x.npy} with
/// `tolerance` (absolute), `relative` and `source`. Whether there is such a tensor, only the run
/// will tell. Files are relative to the folder that `folder_of` gives for the node.
std::vector<trace::Expectation> read_expectations(
    const Node& expect, const std::function<std::string(const Node&)>& folder_of, Faults& faults);

}  // namespace attn::io
