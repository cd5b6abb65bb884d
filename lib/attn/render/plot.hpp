/// Plots of tensors, drawn with characters.
#pragma once

#include "attn/render/page.hpp"
#include "attn/render/tensor_view.hpp"
#include "attn/trace/trace.hpp"

namespace attn::render {

/// Points are signs, a different one for each series, and * where those of several series meet, so
/// that none hides another; lines are braille dots, each with its own
/// pattern and, if there are several, with its letter on it. Lines run by increasing x. Points that
/// are not finite are left out, and the block says how many; it also says which tensors are missing
/// or not computed. A series without `x` is drawn over 0, 1, 2, …
Block plot_block(const trace::Trace& trace, const trace::Plot& plot, const Room& room);

}  // namespace attn::render
