#include "attn/mechanisms/lstm.hpp"

#include "attn/core/activations.hpp"
#include "attn/core/matmul.hpp"
#include "attn/core/ops.hpp"

namespace attn::lstm {

using recurrent::over_time;

Inputs Projected::at(std::size_t t) const {
  return {row(x_i, t), row(x_f, t), row(x_o, t), row(x_g, t)};
}

Projected project(const Params& params, const Mat& X) {
  const std::size_t dh = rows(params.U_i);
  recurrent::expect_sequence(X);
  recurrent::expect_gate({"W_i", params.W_i, "U_i", params.U_i, "b_i", params.b_i}, dh, cols(X));
  recurrent::expect_gate({"W_f", params.W_f, "U_f", params.U_f, "b_f", params.b_f}, dh, cols(X));
  recurrent::expect_gate({"W_o", params.W_o, "U_o", params.U_o, "b_o", params.b_o}, dh, cols(X));
  recurrent::expect_gate({"W_g", params.W_g, "U_g", params.U_g, "b_g", params.b_g}, dh, cols(X));
  Projected f;
  f.x_i = add_to_rows(matmul_nt(X, params.W_i), params.b_i);  // W_i x_t + b_i, for all t at once
  f.x_f = add_to_rows(matmul_nt(X, params.W_f), params.b_f);  // W_f x_t + b_f
  f.x_o = add_to_rows(matmul_nt(X, params.W_o), params.b_o);  // W_o x_t + b_o
  f.x_g = add_to_rows(matmul_nt(X, params.W_g), params.b_g);  // W_g x_t + b_g
  return f;
}

Forward step(const Params& params, const Inputs& inputs, const State& previous) {
  const std::size_t dh = rows(params.U_i);
  recurrent::expect_state("h", previous.h, dh);
  recurrent::expect_state("c", previous.c, dh);
  recurrent::expect_state("x_i", inputs.x_i, dh);
  recurrent::expect_state("x_f", inputs.x_f, dh);
  recurrent::expect_state("x_o", inputs.x_o, dh);
  recurrent::expect_state("x_g", inputs.x_g, dh);
  const Vec& h = previous.h;
  Forward f;
  f.i = sigmoid(inputs.x_i + matvec(params.U_i, h));  // eq. (1)
  f.f = sigmoid(inputs.x_f + matvec(params.U_f, h));  // eq. (1)
  f.o = sigmoid(inputs.x_o + matvec(params.U_o, h));  // eq. (1)
  f.g = tanh(inputs.x_g + matvec(params.U_g, h));     // eq. (1)
  f.c = f.f * previous.c + f.i * f.g;                 // eq. (2)
  f.squashed = tanh(f.c);                             // eq. (3)
  f.h = f.o * f.squashed;                             // eq. (3)
  return f;
}

Backward step_backward(const Params& params, const State& previous, const Forward& forward,
                       const State& d_state) {
  const Vec& d_h = d_state.h;
  Backward b;
  // forward was: h = o * tanh(c), and c goes on to the next step too
  b.d_o = d_h * forward.squashed;
  b.d_c = tanh_backward(forward.squashed, Vec(d_h * forward.o));
  if (d_state.c.size() > 0) b.d_c += d_state.c;
  // forward was: c = f * c_{t-1} + i * g
  b.d_i = b.d_c * forward.g;
  b.d_f = b.d_c * previous.c;
  b.d_g = b.d_c * forward.i;
  // forward was: i = sigmoid(x_i + U_i h_{t-1}), likewise f and o; g = tanh(x_g + U_g h_{t-1})
  b.d_x_i = sigmoid_backward(forward.i, b.d_i);
  b.d_x_f = sigmoid_backward(forward.f, b.d_f);
  b.d_x_o = sigmoid_backward(forward.o, b.d_o);
  b.d_x_g = tanh_backward(forward.g, b.d_g);
  b.d_c_previous = b.d_c * forward.f;
  b.d_h_previous = matvec_tn(params.U_i, b.d_x_i) + matvec_tn(params.U_f, b.d_x_f) +
                   matvec_tn(params.U_o, b.d_x_o) + matvec_tn(params.U_g, b.d_x_g);
  return b;
}

Gradients gradients(const Params& params, const Mat& X, const Mat& H_previous,
                    const std::vector<Forward>& /*forward*/,
                    const std::vector<Backward>& backward) {
  const Mat d_x_i = over_time(backward, &Backward::d_x_i);  // (T, dh), as those below
  const Mat d_x_f = over_time(backward, &Backward::d_x_f);
  const Mat d_x_o = over_time(backward, &Backward::d_x_o);
  const Mat d_x_g = over_time(backward, &Backward::d_x_g);
  Gradients b;
  // forward was: x_i_t = W_i x_t + b_i and so on, with the same parameters at every t
  b.d_W_i = matmul_tn(d_x_i, X);
  b.d_W_f = matmul_tn(d_x_f, X);
  b.d_W_o = matmul_tn(d_x_o, X);
  b.d_W_g = matmul_tn(d_x_g, X);
  b.d_U_i = matmul_tn(d_x_i, H_previous);
  b.d_U_f = matmul_tn(d_x_f, H_previous);
  b.d_U_o = matmul_tn(d_x_o, H_previous);
  b.d_U_g = matmul_tn(d_x_g, H_previous);
  b.d_b_i = sum_of_rows(d_x_i);
  b.d_b_f = sum_of_rows(d_x_f);
  b.d_b_o = sum_of_rows(d_x_o);
  b.d_b_g = sum_of_rows(d_x_g);
  b.d_X = matmul(d_x_i, params.W_i) + matmul(d_x_f, params.W_f) + matmul(d_x_o, params.W_o) +
          matmul(d_x_g, params.W_g);
  return b;
}

}  // namespace attn::lstm
