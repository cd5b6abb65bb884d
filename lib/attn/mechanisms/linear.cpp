#include "attn/mechanisms/linear.hpp"

#include "attn/core/matmul.hpp"
#include "attn/core/ops.hpp"
#include "attn/core/shape_error.hpp"

namespace attn::linear {

Params without_bias(const Mat& W) { return {W, zeros(cols(W))}; }

Forward forward(const Params& params, const Mat& x) {
  expect_nonempty("x", shape_of(x), "T,din");
  expect_nonempty("W", shape_of(params.W), "din,dout");
  expect_shape("W", shape_of(params.W), {cols(x), cols(params.W)}, "din,dout",
               "one row for each column of x");
  expect_shape("b", shape_of(params.b), {cols(params.W)}, "dout", "one entry for each column of W");
  Forward f;
  f.y = add_to_rows(matmul(x, params.W), params.b);  // x W + b
  return f;
}

Backward backward(const Params& params, const Mat& x, const Forward& forward, const Mat& d_y) {
  expect_shape("d_y", shape_of(d_y), shape_of(forward.y), "T,dout", "the shape of y");
  Backward b;
  // forward was: y = x W + b
  b.d_W = matmul_tn(x, d_y);
  b.d_b = sum_of_rows(d_y);
  b.d_x = matmul_nt(d_y, params.W);
  return b;
}

}  // namespace attn::linear
