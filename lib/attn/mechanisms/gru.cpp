#include "attn/mechanisms/gru.hpp"

#include "attn/core/activations.hpp"
#include "attn/core/matmul.hpp"
#include "attn/core/ops.hpp"
#include "attn/core/shape_error.hpp"

namespace attn::gru {

using recurrent::over_time;

Inputs Projected::at(std::size_t t) const { return {row(x_z, t), row(x_r, t), row(x, t)}; }

Projected project(const Params& params, const Mat& X) {
  const std::size_t dh = rows(params.U);
  recurrent::expect_sequence(X);
  recurrent::expect_gate({"W_z", params.W_z, "U_z", params.U_z, "b_z", params.b_z}, dh, cols(X));
  recurrent::expect_gate({"W_r", params.W_r, "U_r", params.U_r, "b_r", params.b_r}, dh, cols(X));
  recurrent::expect_gate({"W", params.W, "U", params.U, "b", params.b}, dh, cols(X));
  Projected f;
  f.x_z = add_to_rows(matmul_nt(X, params.W_z), params.b_z);  // W_z x_t + b_z, for all t at once
  f.x_r = add_to_rows(matmul_nt(X, params.W_r), params.b_r);  // W_r x_t + b_r
  f.x = add_to_rows(matmul_nt(X, params.W), params.b);        // W x_t + b
  return f;
}

Forward step(const Params& params, const Inputs& inputs, const State& previous) {
  const std::size_t dh = rows(params.U);
  const Vec& h = previous.h;
  recurrent::expect_state("h", h, dh);
  recurrent::expect_state("x_z", inputs.x_z, dh);
  recurrent::expect_state("x_r", inputs.x_r, dh);
  recurrent::expect_state("x", inputs.x, dh);
  recurrent::expect_state("b_u", params.b_u, dh);
  const bool reset_before = params.reset == Reset::before;
  const bool takes_new = params.update == Update::takes_new;
  Forward f;
  f.z = sigmoid(inputs.x_z + matvec(params.U_z, h));  // appendix A.1.1, as all that follows
  f.r = sigmoid(inputs.x_r + matvec(params.U_r, h));
  f.inner = reset_before ? Vec(f.r * h) : Vec(matvec(params.U, h) + params.b_u);
  f.past = reset_before ? Vec(matvec(params.U, f.inner) + params.b_u) : Vec(f.r * f.inner);
  f.candidate = tanh(inputs.x + f.past);
  f.h = takes_new ? Vec((1.0 - f.z) * h + f.z * f.candidate)
                  : Vec(f.z * h + (1.0 - f.z) * f.candidate);
  return f;
}

Backward step_backward(const Params& params, const State& previous, const Forward& forward,
                       const State& d_state) {
  const Vec& h = previous.h;
  const Vec& d_h = d_state.h;
  const bool reset_before = params.reset == Reset::before;
  const bool takes_new = params.update == Update::takes_new;
  const Vec take = takes_new ? forward.z : Vec(1.0 - forward.z);  // how much of the candidate
  const Vec difference = forward.candidate - h;
  Backward b;
  // forward was: h_t = (1 - take) h + take candidate
  b.d_candidate = take * d_h;
  b.d_z = takes_new ? Vec(difference * d_h) : Vec(-difference * d_h);
  // forward was: candidate = tanh(x + past)
  b.d_x = tanh_backward(forward.candidate, b.d_candidate);
  // forward was: inner = r * h, past = U inner + b_u; or inner = U h + b_u, past = r * inner
  b.d_inner = reset_before ? matvec_tn(params.U, b.d_x) : Vec(forward.r * b.d_x);
  b.d_r = reset_before ? Vec(h * b.d_inner) : Vec(forward.inner * b.d_x);
  // forward was: z = sigmoid(x_z + U_z h), r = sigmoid(x_r + U_r h)
  b.d_x_z = sigmoid_backward(forward.z, b.d_z);
  b.d_x_r = sigmoid_backward(forward.r, b.d_r);
  // h went into the update, the two gates and inner
  b.d_h_previous = (1.0 - take) * d_h + matvec_tn(params.U_z, b.d_x_z) +
                   matvec_tn(params.U_r, b.d_x_r) +
                   (reset_before ? Vec(forward.r * b.d_inner) : matvec_tn(params.U, b.d_inner));
  return b;
}

Gradients gradients(const Params& params, const Mat& X, const Mat& H_previous,
                    const std::vector<Forward>& forward, const std::vector<Backward>& backward) {
  const bool reset_before = params.reset == Reset::before;
  const Mat d_x_z = over_time(backward, &Backward::d_x_z);  // (T, dh), as those below
  const Mat d_x_r = over_time(backward, &Backward::d_x_r);
  const Mat d_x = over_time(backward, &Backward::d_x);
  const Mat d_inner = over_time(backward, &Backward::d_inner);
  const Mat inner = over_time(forward, &Forward::inner);
  Gradients b;
  // forward was: x_z_t = W_z x_t + b_z and so on, with the same parameters at every t
  b.d_W_z = matmul_tn(d_x_z, X);
  b.d_W_r = matmul_tn(d_x_r, X);
  b.d_W = matmul_tn(d_x, X);
  b.d_U_z = matmul_tn(d_x_z, H_previous);
  b.d_U_r = matmul_tn(d_x_r, H_previous);
  b.d_U = reset_before ? matmul_tn(d_x, inner) : matmul_tn(d_inner, H_previous);
  b.d_b_z = sum_of_rows(d_x_z);
  b.d_b_r = sum_of_rows(d_x_r);
  b.d_b = sum_of_rows(d_x);
  b.d_b_u = sum_of_rows(reset_before ? d_x : d_inner);
  b.d_X = matmul(d_x_z, params.W_z) + matmul(d_x_r, params.W_r) + matmul(d_x, params.W);
  return b;
}

}  // namespace attn::gru
