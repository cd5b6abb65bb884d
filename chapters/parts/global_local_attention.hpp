/// What the chapter global-local shows of the attention of one step of the decoder.
#pragma once

#include <string>
#include <vector>

#include "attn/mechanisms/luong_attention.hpp"
#include "attn/trace/build.hpp"
#include "chapters/parts/global_local_inputs.hpp"

namespace attn::chapters::luong_walk {

/// Axes of mechanisms under the names that this chapter gives them.
void name_axes(trace::Builder& trace);

/// Bahdanau's order and Luong's, drawn.
void show_orders(bool input_feeding, trace::Builder& trace);

/// One step of the decoder.
struct At {
  std::size_t t;     ///< counted from 0
  std::string word;  ///< the one that it says
  std::string prefix() const { return "t" + std::to_string(t + 1) + "."; }
};

/// h_t -> a_t -> c_t -> h~_t: at the first step in steps of the trace, with words; at those that
/// follow, briefly, in the open step.
/// \throws Unfinished where a result has not been written.
void show_attention(const luong_attention::Params& params, const std::string& score,
                    const luong_attention::Forward& forward, const At& at, trace::Builder& trace);

/// The same backwards, added to the open step. \param brief without formulas
void add_attention_backward(const std::string& score, const luong_attention::Backward& backward,
                            const std::string& prefix, bool brief, trace::Builder& trace);

}  // namespace attn::chapters::luong_walk
