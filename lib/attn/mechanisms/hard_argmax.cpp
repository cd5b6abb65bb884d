#include "attn/mechanisms/hard_argmax.hpp"

#include "attn/core/matmul.hpp"
#include "attn/mechanisms/inputs.hpp"

namespace attn::hard_argmax {

Forward forward(const Mat& weights, const Mat& values) {
  expect_nonempty("weights", shape_of(weights), "Tq,Tk");
  expect_values(values, cols(weights));
  Forward f;
  f.choice = zeros(rows(weights), cols(weights));
  for (std::size_t i = 0; i < rows(weights); ++i) {
    std::size_t best = 0;
    for (std::size_t j = 1; j < cols(weights); ++j) {
      if (weights(i, j) > weights(i, best)) best = j;
    }
    if (weights(i, best) > 0.0) f.choice(i, best) = 1.0;
  }
  f.context = matmul(f.choice, values);  // eq. (9)
  return f;
}

Backward backward(const Forward& forward, const Mat& d_context) {
  expect_d_context(d_context, forward.context);
  Backward b;
  // forward was: context = choice values
  b.d_values = matmul_tn(forward.choice, d_context);
  return b;
}

}  // namespace attn::hard_argmax
