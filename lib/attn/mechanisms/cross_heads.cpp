#include "attn/mechanisms/cross_heads.hpp"

#include "attn/core/complete.hpp"

namespace attn::cross_heads {

multi_head::Forward forward(const multi_head::Params& params, const Mat& x, const Mat& memory,
                            const Mask& mask) {
  return multi_head::forward(params, x, memory, memory, mask);
}

Backward backward(const multi_head::Params& params, const Mat& x, const Mat& memory,
                  const multi_head::Forward& forward, const Mat& d_output) {
  Backward b{multi_head::backward(params, x, memory, memory, forward, d_output), {}};
  if (!is_complete<multi_head::Backward>(b)) return b;
  // forward was: keys = memory, values = memory
  b.d_memory = b.d_keys + b.d_values;
  return b;
}

}  // namespace attn::cross_heads
