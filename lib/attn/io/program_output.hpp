/// A trace among other things that a program printed: a banner before it, a farewell after it.
#pragma once

#include <string>

#include "attn/trace/trace.hpp"

namespace attn::io {

struct PrintedTrace {
  trace::Trace trace;
  /// What was printed beside the trace, and is no part of it: 'line 1, "loading numpy ...", is not
  /// part of the trace'. "" if there is nothing.
  std::string note;
};

/// Finds the trace in what a submission in any language printed: the object that has "format"
/// first, or else the first line that begins with an object. `from` is the name for errors, "its
/// trace". \throws InputError as `trace_from_json` does; lines are counted in all that was printed.
PrintedTrace trace_from_output(const std::string& printed, const std::string& from);

}  // namespace attn::io
