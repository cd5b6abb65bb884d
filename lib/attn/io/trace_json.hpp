/// The trace as JSON, version 1: every number to the last bit.
///
/// ```json
/// {"format": "attn-trace", "version": 1, "chapter": "…", "title": "…", "source": "…",
///  "axes": {"Tq": "number of queries", "Tk": "number of keys"},
///  "steps": [{"id": "…", "title": "…", "formula": "…", "source": "…", "prose": "…",
///             "drawing": ["a line", "the next"],
///             "tensors": [{"name": "…", "axes": ["Tq", "Tk"], "labels": [[], ["I", "you"]],
///                          "shape": [1, 2], "values": [[0.25, 0.75]],
///                          "kind": "weight", "formula": "…"}],
///             "plots": [{"title": "…", "series": [{"label": "…", "x": "…", "y": "…",
///                                                  "mark": "line"}]}]}]}
/// ```
/// `labels` has a list for each axis, empty where the axis has no labels. `values` are nested as
/// `shape` says; a scalar has shape [] and its number as `values`. A tensor that was not computed
/// has `values` []. Infinities and NaN are the strings "inf", "-inf" and "nan".
///
/// That is what is written. Read are also the bare words Infinity, -Infinity and NaN, which
/// Python's json.dumps writes, and a byte order mark: in files as in what a submission prints. What
/// a submission prints besides (program_output.hpp) is skipped; in a file it is an error.
///
/// Left out where empty: `axes` of the trace, `kind`, `formula` of a tensor, `drawing`, `plots`. A
/// reader must have `format`, `version`, `chapter`, `steps`; of a step `id` and `tensors`; of a
/// tensor `name`, `axes`, `shape` and `values`; everything else may be missing, and keys other than
/// these are refused.
#pragma once

#include <string>

#include "attn/io/fault.hpp"
#include "attn/trace/trace.hpp"

namespace attn::io {

/// Two traces that are equal give the same bytes. Text that is not UTF-8 has the replacement
/// character in place of the bytes that are not.
/// \throws std::logic_error if a tensor's values are not as many as its shape says.
std::string to_json(const trace::Trace& trace);

/// A tensor alone, as it stands in a trace.
std::string to_json(const trace::Tensor& tensor);

/// Reads what `to_json`, or a program in another language, wrote. `file` is the name for errors.
/// \throws InputError naming file, line and column, or the path of the value that is wrong
/// (steps[0].tensors[1].values).
trace::Trace trace_from_json(const std::string& text, const std::string& file);

/// The trace in a file. \throws InputError, also if the file cannot be read, or is larger than 4
/// GiB.
trace::Trace read_trace(const std::string& path);

}  // namespace attn::io
