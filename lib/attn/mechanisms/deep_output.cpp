#include "attn/mechanisms/deep_output.hpp"

#include "attn/core/matmul.hpp"
#include "attn/core/shape_error.hpp"
#include "attn/core/softmax.hpp"

namespace attn::deep_output {

Forward forward(const Params& params, const Vec& y, const Vec& h, const Vec& context) {
  expect_nonempty("y", shape_of(y), "dy");
  expect_nonempty("h", shape_of(h), "dh");
  expect_nonempty("context", shape_of(context), "dv");
  expect_nonempty("L_o", shape_of(params.L_o), "V,dy");
  expect_shape("L_h", shape_of(params.L_h), {y.size(), h.size()}, "dy,dh",
               "it takes a state to the width of an embedding");
  expect_shape("L_z", shape_of(params.L_z), {y.size(), context.size()}, "dy,dv",
               "it takes a context to the width of an embedding");
  expect_shape("L_o", shape_of(params.L_o), {rows(params.L_o), y.size()}, "V,dy",
               "one column for each entry of an embedding");
  Forward f;
  f.from_state = matvec(params.L_h, h);          // L_h h_t, eq. (7)
  f.from_context = matvec(params.L_z, context);  // L_z z_t, eq. (7)
  f.sum = y + f.from_state + f.from_context;     // E y_{t-1} + L_h h_t + L_z z_t, eq. (7)
  f.logits = matvec(params.L_o, f.sum);          // L_o (...), eq. (7)
  f.probabilities = softmax(f.logits);           // p(y_t | a, y_1 ... y_{t-1}), eq. (7)
  return f;
}

Backward backward(const Params& params, const Vec& h, const Vec& context, const Forward& forward,
                  const Vec& d_logits) {
  expect_shape("d_logits", shape_of(d_logits), shape_of(forward.logits), "V",
               "the shape of the logits");
  Backward b;
  // forward was: logits = L_o sum
  b.d_L_o = outer(d_logits, forward.sum);
  b.d_sum = matvec_tn(params.L_o, d_logits);
  // forward was: sum = y + L_h h + L_z context
  b.d_L_h = outer(b.d_sum, h);
  b.d_h = matvec_tn(params.L_h, b.d_sum);
  b.d_L_z = outer(b.d_sum, context);
  b.d_context = matvec_tn(params.L_z, b.d_sum);
  return b;
}

}  // namespace attn::deep_output
