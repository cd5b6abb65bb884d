/// Config in, trace out: what every command that computes has in common.
#pragma once

#include <string>
#include <vector>

#include "chapters/chapter.hpp"

namespace attn::cli {

struct Run {
  io::Config config;
  trace::Trace trace;
};

/// The config file at `path`, or the chapter's built-in default where `path` is empty.
/// \throws io::InputError if the file cannot be read.
io::Source source_of(const chapters::Chapter& chapter, const std::string& path);

/// \throws io::InputError for whatever is wrong with the config, memory that does not suffice
/// included.
Run run(const chapters::Chapter& chapter, const io::Source& source,
        const std::vector<io::Override>& overrides, const chapters::Request& request);

}  // namespace attn::cli
