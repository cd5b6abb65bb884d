/// The trace as JSON, version 1: every number to the last bit.
#pragma once

#include <string>

#include "attn/io/fault.hpp"
#include "attn/trace/trace.hpp"

namespace attn::io {

/// Two traces that are equal give the same bytes. Infinities and NaN are the strings "inf", "-inf"
/// and "nan".
std::string to_json(const trace::Trace& trace);

/// Reads what `to_json`, or a program in another language, wrote.
/// \throws InputError naming file, line and column, or the path of the value that is wrong.
trace::Trace trace_from_json(const std::string& text, const std::string& file);

}  // namespace attn::io
