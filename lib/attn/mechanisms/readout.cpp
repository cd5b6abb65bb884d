#include "attn/mechanisms/readout.hpp"

#include "attn/core/matmul.hpp"
#include "attn/core/ops.hpp"
#include "attn/core/shape_error.hpp"
#include "attn/core/softmax.hpp"

namespace attn::readout {

Forward forward(const Params& params, const Vec& state) {
  expect_nonempty("W_o", shape_of(params.W_o), "V,ds");
  expect_shape("W_o", shape_of(params.W_o), {rows(params.W_o), state.size()}, "V,ds",
               "one column for each entry of the state");
  expect_shape("b_o", shape_of(params.b_o), {rows(params.W_o)}, "V", "one entry for each word");
  Forward f;
  f.logits = matvec(params.W_o, state) + params.b_o;
  f.probabilities = softmax(f.logits);
  return f;
}

Backward backward(const Params& params, const Mat& states, const Mat& d_logits) {
  expect_shape("d_logits", shape_of(d_logits), {rows(states), rows(params.W_o)}, "T,V",
               "one entry for each word at each step");
  Backward b;
  // forward was: logits = W_o s + b_o, at every step
  b.d_W_o = matmul_tn(d_logits, states);
  b.d_b_o = sum_of_rows(d_logits);
  b.d_states = matmul(d_logits, params.W_o);
  return b;
}

}  // namespace attn::readout
