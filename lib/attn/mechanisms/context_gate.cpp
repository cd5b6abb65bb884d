#include "attn/mechanisms/context_gate.hpp"

#include "attn/core/activations.hpp"
#include "attn/core/shape_error.hpp"

namespace attn::context_gate {
namespace {

double dot(const Vec& a, const Vec& b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a(i) * b(i);
  return sum;
}

}  // namespace

Forward forward(const Params& params, const Vec& h, const Vec& context) {
  expect_nonempty("h", shape_of(h), "dh");
  expect_nonempty("context", shape_of(context), "dv");
  expect_shape("w_beta", shape_of(params.w_beta), shape_of(h), "dh",
               "one entry for each entry of the state");
  Forward f;
  f.logit = dot(params.w_beta, h) + params.b_beta;  // f_beta(h_{t-1}), section 4.2.1
  f.beta = sigmoid(Vec{f.logit})(0);                // sigmoid(f_beta(h_{t-1})), section 4.2.1
  f.gated = f.beta * context;                       // beta_t sum_i alpha_ti a_i, section 4.2.1
  return f;
}

Backward backward(const Params& params, const Vec& h, const Vec& context, const Forward& forward,
                  const Vec& d_gated) {
  expect_shape("d_gated", shape_of(d_gated), shape_of(context), "dv", "the shape of the context");
  Backward b;
  // forward was: gated = beta context
  b.d_context = forward.beta * d_gated;
  b.d_beta = dot(context, d_gated);
  // forward was: beta = sigmoid(logit)
  b.d_logit = b.d_beta * forward.beta * (1.0 - forward.beta);
  // forward was: logit = w_beta . h + b_beta
  b.d_w_beta = b.d_logit * h;
  b.d_b_beta = b.d_logit;
  b.d_h = b.d_logit * params.w_beta;
  return b;
}

}  // namespace attn::context_gate
