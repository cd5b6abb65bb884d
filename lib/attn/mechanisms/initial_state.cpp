#include "attn/mechanisms/initial_state.hpp"

#include "attn/core/activations.hpp"
#include "attn/core/matmul.hpp"
#include "attn/core/shape_error.hpp"

namespace attn::initial_state {

Forward forward(const Params& params, const Vec& h) {
  expect_nonempty("W_s", shape_of(params.W_s), "ds,dh");
  expect_shape("W_s", shape_of(params.W_s), {rows(params.W_s), h.size()}, "ds,dh",
               "one column for each entry of what is handed over");
  expect_shape("b_s", shape_of(params.b_s), {rows(params.W_s)}, "ds",
               "one entry for each row of W_s");
  Forward f;
  f.s_0 = tanh(matvec(params.W_s, h) + params.b_s);  // tanh(W_s h), appendix A.2.2
  return f;
}

Backward backward(const Params& params, const Vec& h, const Forward& forward, const Vec& d_s_0) {
  expect_shape("d_s_0", shape_of(d_s_0), shape_of(forward.s_0), "ds", "the shape of s_0");
  Backward b;
  // forward was: s_0 = tanh(sum)
  b.d_sum = tanh_backward(forward.s_0, d_s_0);
  // forward was: sum = W_s h + b_s
  b.d_W_s = outer(b.d_sum, h);
  b.d_b_s = b.d_sum;
  b.d_h = matvec_tn(params.W_s, b.d_sum);
  return b;
}

}  // namespace attn::initial_state
