#include "attn/mechanisms/rnn.hpp"

#include "attn/core/activations.hpp"
#include "attn/core/matmul.hpp"
#include "attn/core/ops.hpp"
#include "attn/core/vectors.hpp"

namespace attn::rnn {

Inputs Projected::at(std::size_t t) const { return {row(x, t)}; }

Projected project(const Params& params, const Mat& X) {
  recurrent::expect_sequence(X);
  recurrent::expect_gate({"W", params.W, "U", params.U, "b", params.b}, rows(params.U), cols(X));
  Projected f;
  f.x = add_to_rows(matmul_nt(X, params.W), params.b);  // W x_t + b, for all t at once
  return f;
}

Forward step(const Params& params, const Inputs& inputs, const State& previous) {
  recurrent::expect_state("h", previous.h, rows(params.U));
  recurrent::expect_state("x", inputs.x, rows(params.U));
  Forward f;
  f.h = tanh(inputs.x + matvec(params.U, previous.h));  // tanh(W x_t + U h_{t-1} + b)
  return f;
}

Backward step_backward(const Params& params, const State& /*previous*/, const Forward& forward,
                       const State& d_state) {
  Backward b;
  // forward was: h = tanh(x + U h_{t-1})
  b.d_x = tanh_backward(forward.h, d_state.h);
  b.d_h_previous = matvec_tn(params.U, b.d_x);
  return b;
}

Gradients gradients(const Params& params, const Mat& X, const Mat& H_previous,
                    const std::vector<Forward>& /*forward*/,
                    const std::vector<Backward>& backward) {
  const Mat d_x = recurrent::over_time(backward, &Backward::d_x);  // (T, dh)
  Gradients b;
  // forward was: x_t = W x_t + U h_{t-1} + b, with the same W, U and b at every t
  b.d_W = matmul_tn(d_x, X);
  b.d_U = matmul_tn(d_x, H_previous);
  b.d_b = sum_of_rows(d_x);
  b.d_X = matmul(d_x, params.W);
  return b;
}

}  // namespace attn::rnn
