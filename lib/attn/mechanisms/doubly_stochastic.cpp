#include "attn/mechanisms/doubly_stochastic.hpp"

#include "attn/core/ops.hpp"
#include "attn/core/shape_error.hpp"

namespace attn::doubly_stochastic {

Forward forward(const Mat& weights, double lambda) {
  expect_nonempty("weights", shape_of(weights), "Ty,Tk");
  Forward f;
  f.attention = sum_of_rows(weights);  // sum_t alpha_ti, section 4.2.1
  f.missing = 1.0 - f.attention;       // 1 - sum_t alpha_ti, eq. (14)
  f.penalty = 0.0;                     // lambda sum_i (...)^2, eq. (14)
  for (const double missing : f.missing) f.penalty += lambda * missing * missing;
  return f;
}

Backward backward(const Mat& weights, double lambda, const Forward& forward) {
  expect_shape("weights", shape_of(weights), {rows(weights), forward.missing.size()}, "Ty,Tk",
               "the weights of the forward pass");
  Backward b;
  // forward was: penalty = lambda sum_i missing_i^2, and missing = 1 - attention
  b.d_attention = lambda * (-2.0 * forward.missing);
  // forward was: attention_i = sum_t weights_ti
  b.d_weights = zeros(rows(weights), cols(weights));
  for (std::size_t t = 0; t < rows(weights); ++t) {
    for (std::size_t i = 0; i < cols(weights); ++i) b.d_weights(t, i) = b.d_attention(i);
  }
  return b;
}

}  // namespace attn::doubly_stochastic
