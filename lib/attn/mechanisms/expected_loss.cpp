#include "attn/mechanisms/expected_loss.hpp"

#include "attn/core/shape_error.hpp"
#include "attn/core/softmax.hpp"

namespace attn::expected_loss {
Forward forward(const Vec& scores, const Vec& losses) {
  expect_nonempty("scores", shape_of(scores), "L");
  expect_shape("losses", shape_of(losses), shape_of(scores), "L", "one loss for each location");
  Forward f;
  f.weights = softmax(scores);  // eq. (5)
  f.expected = 0.0;             // sum_s p(s | a) (-log p(y | s, a)), eq. (10)
  for (std::size_t i = 0; i < losses.size(); ++i) f.expected += f.weights(i) * losses(i);
  return f;
}

Backward backward(const Vec& losses, const Forward& forward) {
  expect_shape("losses", shape_of(losses), shape_of(forward.weights), "L",
               "one loss for each location");
  Backward b;
  // forward was: expected = sum_i weights_i losses_i
  b.d_losses = forward.weights;
  // forward was: expected = sum_i weights_i losses_i, and weights = softmax(scores)
  b.d_scores = softmax_backward(forward.weights, losses);
  return b;
}

}  // namespace attn::expected_loss
