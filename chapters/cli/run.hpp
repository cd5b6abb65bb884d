/// Config in, trace out: what every command that computes has in common.
#pragma once

#include <string>
#include <vector>

#include "chapters/chapter.hpp"

namespace attn::cli {

struct Run {
  io::Config config;
  trace::Trace trace;
  std::vector<std::string> left_out{};  ///< what of the file gave way to --set, and why
};

/// A run whose steps may be a student's: whatever happens, what was computed before is there.
struct Attempt {
  trace::Trace trace;
  bool unfinished = false;  ///< a step has not been written yet
  std::string problem;      ///< what stopped it otherwise: "cannot multiply A B: …"
};

/// The config file at `path`, or the chapter's built-in default where `path` is empty.
/// \throws io::InputError if the file cannot be read.
io::Source source_of(const chapters::Chapter& chapter, const std::string& path);

/// What --set says goes before what the file says beside it: where a file that is right by itself
/// has fields that only add (io::adds_only) and do not fit any more, they are left out, and
/// `left_out` tells.
/// \throws io::InputError for whatever is wrong with the config, memory that does not suffice
/// included.
Run run(const chapters::Chapter& chapter, const io::Source& source,
        const std::vector<io::Override>& overrides, const chapters::Request& request);

/// The same for steps that may be a student's. Numbers that overflow, and NaN, are left to whoever
/// looks at the trace. \throws io::InputError only for what is wrong with the config itself.
Attempt attempt(const chapters::Chapter& chapter, const io::Source& source,
                const std::vector<io::Override>& overrides, const chapters::Request& request);

}  // namespace attn::cli
