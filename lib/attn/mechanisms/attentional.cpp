#include "attn/mechanisms/attentional.hpp"

#include "attn/core/activations.hpp"
#include "attn/core/matmul.hpp"
#include "attn/core/ops.hpp"
#include "attn/core/shape_error.hpp"

namespace attn::attentional {
namespace {

void expect_inputs(const Params& params, const Mat& context, const Mat& states) {
  expect_nonempty("context", shape_of(context), "Tq,dh");
  expect_nonempty("states", shape_of(states), "Tq,ds");
  expect_shape("states", shape_of(states), {rows(context), cols(states)}, "Tq,ds",
               "each context has one state");
  expect_nonempty("W_c", shape_of(params.W_c), "dc,dh+ds");
  expect_shape("W_c", shape_of(params.W_c), {rows(params.W_c), cols(context) + cols(states)},
               "dc,dh+ds", "one column for each entry of a context, then for each of a state");
}

// step: concatenated
/// [a_t; b_t], one row after the other
Mat side_by_side(const Mat& a, const Mat& b) {
  Mat both = zeros(rows(a), cols(a) + cols(b));
  for (std::size_t t = 0; t < rows(a); ++t) {
    for (std::size_t c = 0; c < cols(a); ++c) both(t, c) = a(t, c);
    for (std::size_t c = 0; c < cols(b); ++c) both(t, cols(a) + c) = b(t, c);
  }
  return both;
}

}  // namespace

Forward forward(const Params& params, const Mat& context, const Mat& states) {
  expect_inputs(params, context, states);
  Forward f;
  f.concatenated = side_by_side(context, states);               // [c_t; h_t], eq. (5)
  f.attentional = tanh(matmul_nt(f.concatenated, params.W_c));  // tanh(W_c [c_t; h_t]), eq. (5)
  return f;
}

Backward backward(const Params& params, const Mat& context, const Mat& states,
                  const Forward& forward, const Mat& d_attentional) {
  expect_shape("d_attentional", shape_of(d_attentional), shape_of(forward.attentional), "Tq,dc",
               "the shape of the attentional states");
  Backward b;
  // forward was: attentional = tanh(sum)
  b.d_sum = tanh_backward(forward.attentional, d_attentional);
  // forward was: sum = concatenated W_c^T
  b.d_W_c = matmul_tn(b.d_sum, forward.concatenated);
  b.d_concatenated = matmul(b.d_sum, params.W_c);
  // forward was: concatenated_t = [c_t; h_t]
  b.d_context = first_columns(b.d_concatenated, cols(context));
  b.d_states = last_columns(b.d_concatenated, cols(states));
  return b;
}

}  // namespace attn::attentional
