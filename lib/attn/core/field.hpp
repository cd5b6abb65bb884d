/// What a mechanism says about each tensor of its result: the one list that traces, files, tests
/// and grading all read.
#pragma once

#include <string_view>

namespace attn {

/// What the numbers of a tensor are. It decides how they are shown, never what they are.
enum class Kind {
  number,  ///< any real number
  weight,  ///< between 0 and 1, a row sums to 1 (or is all 0): shown shaded
  score,   ///< any real number, or -inf where a query may not attend
  mask,    ///< 0 or 1, where 1 means "attend"
  wave,    ///< between -1 and 1, as sines and cosines are: shown shaded
};

/// A tensor in a result, as in `Field{"scores", "Tq,Tk", "S = Q K^T", "eq. (1)"}`.
struct Field {
  std::string_view name;          ///< as in the program and in the trace
  std::string_view axes;          ///< comma-separated, outermost first: "Tq,Tk"
  std::string_view formula = "";  ///< how it is computed, in the paper's letters
  std::string_view source = "";   ///< the equation or section that says so, if any
  Kind kind = Kind::number;
};

}  // namespace attn
