/// The parameters of a config as tensors of the trace, so that every product can be checked.
#pragma once

#include "attn/io/config.hpp"
#include "attn/trace/build.hpp"

namespace attn::chapters {

/// A step "parameters" with each tensor parameters.… that the config gives, under its path and
/// folded: `--steps parameters` shows them. None where there are none. What has more than
/// `most` entries is not held a second time.
void show_parameters(const io::Config& config, const io::Schema& schema, trace::Builder& trace,
                     std::size_t most = 10'000);

}  // namespace attn::chapters
