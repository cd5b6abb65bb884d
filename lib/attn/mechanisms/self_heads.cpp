#include "attn/mechanisms/self_heads.hpp"

#include "attn/core/complete.hpp"

namespace attn::self_heads {

multi_head::Forward forward(const multi_head::Params& params, const Mat& x, const Mask& mask) {
  return multi_head::forward(params, x, x, x, mask);
}

Backward backward(const multi_head::Params& params, const Mat& x,
                  const multi_head::Forward& forward, const Mat& d_output) {
  Backward b{multi_head::backward(params, x, x, x, forward, d_output), {}};
  if (!is_complete<multi_head::Backward>(b)) return b;
  // forward was: queries = x, keys = x, values = x
  b.d_x = b.d_queries + b.d_keys + b.d_values;
  return b;
}

}  // namespace attn::self_heads
