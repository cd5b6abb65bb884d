#include "attn/mechanisms/scaled_dot.hpp"

#include "attn/core/matmul.hpp"
#include "attn/core/softmax.hpp"
#include "attn/mechanisms/inputs.hpp"
#include "attn/mechanisms/mask.hpp"
#include "attn/mechanisms/scale.hpp"

namespace attn::scaled_dot {

Forward forward(const Mat& queries, const Mat& keys, const Mat& values, const Mask& mask,
                double scale) {
  expect_equal_widths(queries, keys);
  expect_values(values, rows(keys));
  expect_mask(mask, rows(queries), rows(keys));
  Forward f;
  f.scores = matmul_nt(queries, keys);    // Q K^T, eq. (1)
  f.scaled = scale * f.scores;            // the factor 1/sqrt(dk) of eq. (1)
  f.masked = apply_mask(f.scaled, mask);  // "masking out (setting to -inf)", section 3.2.3
  f.weights = softmax(f.masked);          // softmax of eq. (1)
  f.context = matmul(f.weights, values);  // ... V, eq. (1)
  return f;
}

Forward forward(const Mat& queries, const Mat& keys, const Mat& values) {
  return forward(queries, keys, values, mask::full(rows(queries), rows(keys)),
                 scale::sqrt_dk(cols(queries)));
}

Backward backward(const Mat& queries, const Mat& keys, const Mat& values, double scale,
                  const Forward& forward, const Mat& d_context) {
  expect_d_context(d_context, forward.context);
  Backward b;
  // forward was: context = weights values
  b.d_values = matmul_tn(forward.weights, d_context);
  b.d_weights = matmul_nt(d_context, values);
  // forward was: weights = softmax(masked), and masked = scaled where the mask attends
  b.d_scaled = softmax_backward(forward.weights, b.d_weights);
  // forward was: scaled = scale * scores
  b.d_scores = scale * b.d_scaled;
  // forward was: scores = queries keys^T
  b.d_queries = matmul(b.d_scores, keys);
  b.d_keys = matmul_tn(b.d_scores, queries);
  return b;
}

}  // namespace attn::scaled_dot
