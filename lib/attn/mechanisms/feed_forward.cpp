#include "attn/mechanisms/feed_forward.hpp"

#include "attn/core/activations.hpp"
#include "attn/core/matmul.hpp"
#include "attn/core/ops.hpp"
#include "attn/core/shape_error.hpp"

namespace attn::feed_forward {
namespace {

void expect_params(const Params& params, const Mat& x) {
  expect_nonempty("x", shape_of(x), "T,dm");
  expect_nonempty("W_1", shape_of(params.W_1), "dm,dff");
  const std::size_t dm = cols(x);
  const std::size_t dff = cols(params.W_1);
  expect_shape("W_1", shape_of(params.W_1), {dm, dff}, "dm,dff", "one row for each column of x");
  expect_shape("b_1", shape_of(params.b_1), {dff}, "dff", "one entry for each column of W_1");
  expect_shape("W_2", shape_of(params.W_2), {dff, dm}, "dff,dm",
               "it goes back from the width of W_1 to that of x");
  expect_shape("b_2", shape_of(params.b_2), {dm}, "dm", "one entry for each column of W_2");
}

}  // namespace

Mat activate(Activation activation, const Mat& hidden) {
  switch (activation) {
    case Activation::relu:
      return relu(hidden);
    case Activation::gelu:
      return gelu(hidden);
    case Activation::gelu_tanh:
      break;
  }
  return gelu_tanh(hidden);
}

Mat activate_backward(Activation activation, const Mat& hidden, const Mat& d_activated) {
  switch (activation) {
    case Activation::relu:
      return relu_backward(hidden, d_activated);
    case Activation::gelu:
      return gelu_backward(hidden, d_activated);
    case Activation::gelu_tanh:
      break;
  }
  return gelu_tanh_backward(hidden, d_activated);
}

Forward forward(const Params& params, const Mat& x) {
  expect_params(params, x);
  Forward f;
  f.hidden = add_to_rows(matmul(x, params.W_1), params.b_1);       // x W_1 + b_1, eq. (2)
  f.activated = activate(params.activation, f.hidden);             // max(0, ...), eq. (2)
  f.y = add_to_rows(matmul(f.activated, params.W_2), params.b_2);  // ... W_2 + b_2, eq. (2)
  return f;
}

Backward backward(const Params& params, const Mat& x, const Forward& forward, const Mat& d_y) {
  expect_shape("d_y", shape_of(d_y), shape_of(forward.y), "T,dm", "the shape of y");
  Backward b;
  // forward was: y = activated W_2 + b_2
  b.d_W_2 = matmul_tn(forward.activated, d_y);
  b.d_b_2 = sum_of_rows(d_y);
  b.d_activated = matmul_nt(d_y, params.W_2);
  // forward was: activated = the nonlinearity of hidden
  b.d_hidden = activate_backward(params.activation, forward.hidden, b.d_activated);
  // forward was: hidden = x W_1 + b_1
  b.d_W_1 = matmul_tn(x, b.d_hidden);
  b.d_b_1 = sum_of_rows(b.d_hidden);
  b.d_x = matmul_nt(b.d_hidden, params.W_1);
  return b;
}

}  // namespace attn::feed_forward
