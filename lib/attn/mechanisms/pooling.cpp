#include "attn/mechanisms/pooling.hpp"

#include "attn/core/matmul.hpp"
#include "attn/core/softmax.hpp"
#include "attn/mechanisms/inputs.hpp"

namespace attn::pooling {

Forward forward(const Mat& scores, const Mat& values, const Mask& mask) {
  expect_nonempty("scores", shape_of(scores), "Tq,Tk");
  expect_values(values, cols(scores));
  expect_mask(mask, rows(scores), cols(scores));
  Forward f;
  f.masked = apply_mask(scores, mask);
  f.weights = softmax(f.masked);
  f.context = matmul(f.weights, values);
  return f;
}

Backward backward(const Mat& values, const Forward& forward, const Mat& d_context) {
  expect_d_context(d_context, forward.context);
  Backward b;
  // forward was: context = weights values
  b.d_values = matmul_tn(forward.weights, d_context);
  b.d_weights = matmul_nt(d_context, values);
  // forward was: weights = softmax(masked), and masked = scores where the mask attends
  b.d_scores = softmax_backward(forward.weights, b.d_weights);
  return b;
}

}  // namespace attn::pooling
