#include "attn/mechanisms/biased_dot.hpp"

#include "attn/core/matmul.hpp"
#include "attn/core/softmax.hpp"
#include "attn/mechanisms/inputs.hpp"
#include "attn/mechanisms/score_bias.hpp"
#include "attn/mechanisms/softcap.hpp"

namespace attn::biased_dot {

Forward forward(const Mat& queries, const Mat& keys, const Mat& values, const Mask& mask,
                const Scoring& scoring) {
  expect_equal_widths(queries, keys);
  expect_values(values, rows(keys));
  expect_mask(mask, rows(queries), rows(keys));
  Forward f;
  f.is_capped = scoring.capped();
  f.is_biased = scoring.biased();
  f.scores = matmul_nt(queries, keys);  // Q K^T, eq. (1)
  f.scaled = scoring.scale * f.scores;  // the factor 1/sqrt(dk) of eq. (1)
  Mat last = f.scaled;
  if (f.is_capped) last = f.capped = softcap::forward(last, *scoring.softcap);
  if (f.is_biased) last = f.biased = score_bias::forward(last, scoring.bias);
  f.masked = apply_mask(last, mask);
  f.weights = softmax(f.masked);          // softmax of eq. (1)
  f.context = matmul(f.weights, values);  // ... V, eq. (1)
  return f;
}

Backward backward(const Mat& queries, const Mat& keys, const Mat& values, const Scoring& scoring,
                  const Forward& forward, const Mat& d_context) {
  expect_d_context(d_context, forward.context);
  Backward b;
  b.is_capped = forward.is_capped;
  b.is_biased = forward.is_biased;
  // forward was: context = weights values
  b.d_values = matmul_tn(forward.weights, d_context);
  b.d_weights = matmul_nt(d_context, values);
  // forward was: weights = softmax(masked); what the mask or a bias of -inf hides has no gradient
  Mat last = softmax_backward(forward.weights, b.d_weights);
  // forward was: biased = capped + bias
  if (b.is_biased) b.d_bias = last;
  // forward was: capped = c tanh(scaled / c)
  if (b.is_capped) {
    b.d_capped = last;
    last = softcap::backward(forward.scaled, *scoring.softcap, b.d_capped);
  }
  b.d_scaled = last;
  // forward was: scaled = scale * scores
  b.d_scores = scoring.scale * b.d_scaled;
  // forward was: scores = queries keys^T
  b.d_queries = matmul(b.d_scores, keys);
  b.d_keys = matmul_tn(b.d_scores, queries);
  return b;
}

}  // namespace attn::biased_dot
