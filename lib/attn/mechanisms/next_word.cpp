#include "attn/mechanisms/next_word.hpp"

#include <algorithm>

#include "attn/core/matmul.hpp"
#include "attn/core/ops.hpp"
#include "attn/core/shape_error.hpp"
#include "attn/core/softmax.hpp"

namespace attn::next_word {

Forward forward(const Params& params, const Mat& y) {
  expect_nonempty("y", shape_of(y), "T,dm");
  expect_nonempty("W", shape_of(params.W), "dm,V");
  expect_shape("W", shape_of(params.W), {cols(y), cols(params.W)}, "dm,V",
               "one row for each column of y");
  expect_shape("b", shape_of(params.b), {cols(params.W)}, "V", "one entry for each word");
  Forward f;
  f.logits = add_to_rows(matmul(y, params.W), params.b);  // section 3.4
  f.probabilities = softmax(f.logits);
  return f;
}

Backward backward(const Params& params, const Mat& y, const Forward& forward, const Mat& d_logits) {
  expect_shape("d_logits", shape_of(d_logits), shape_of(forward.logits), "T,V",
               "the shape of the logits");
  Backward b;
  // forward was: logits = y W + b
  b.d_W = matmul_tn(y, d_logits);
  b.d_b = sum_of_rows(d_logits);
  b.d_y = matmul_nt(d_logits, params.W);
  return b;
}

Vec log_probabilities(const Vec& logits) {
  expect_nonempty("logits", shape_of(logits), "V");
  const double m = *std::max_element(logits.begin(), logits.end());
  const double more = log_sum_exp_above_largest(logits);
  Vec log_p = logits;
  for (double& entry : log_p) entry = (entry - m) - more;  // z_w - log sum_v exp(z_v)
  return log_p;
}

}  // namespace attn::next_word
