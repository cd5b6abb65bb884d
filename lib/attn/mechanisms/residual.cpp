#include "attn/mechanisms/residual.hpp"

#include "attn/core/shape_error.hpp"

namespace attn::residual {

Forward forward(const Mat& x, const Mat& y) {
  expect_shape("y", shape_of(y), shape_of(x), "T,dm",
               "the sublayer's output is added to its input");
  Forward f;
  f.sum = x + y;  // x + Sublayer(x), section 3.1
  return f;
}

Backward backward(const Mat& d_sum, const Mat& d_through) {
  expect_shape("d_through", shape_of(d_through), shape_of(d_sum), "T,dm", "the shape of d_sum");
  Backward b;
  // forward was: sum = x + Sublayer(x)
  b.d_x = d_sum + d_through;
  return b;
}

}  // namespace attn::residual
