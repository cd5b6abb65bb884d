/// What the chapter multi-head shows beside the walk: what heads cost, and what one of them brings.
#pragma once

#include "attn/trace/build.hpp"
#include "chapters/parts/multi_head_inputs.hpp"

namespace attn::chapters {

/// Multiplications, counted: for the config's own attention, and for the paper's.
void show_head_costs(const MultiHeadInputs& in, trace::Builder& trace);

/// One head masked out. \param heads (H, Tq, dv) \param output (Tq, dm) \param h counted from 0
void show_without_head(const MultiHeadInputs& in, const Ten3& heads, const Mat& output,
                       std::size_t h, trace::Builder& trace);

}  // namespace attn::chapters
