/// The simple recurrent cell: h_t = tanh(W x_t + U h_{t-1} + b). Elman, Finding Structure in Time,
/// 1990; as in PyTorch's RNN, whose two biases are here one, their sum.
/// Axes: T time steps, dx input width, dh state width.
#pragma once

#include "attn/core/field.hpp"
#include "attn/core/tensor.hpp"
#include "attn/mechanisms/recurrent_parts.hpp"

namespace attn::rnn {

using recurrent::State;

struct Params {
  Mat W;  // (dh, dx)
  Mat U;  // (dh, dh)
  Vec b;  // (dh)
};

/// What a cell gets from outside at one time step: u_t = W x_t + b, and whatever else a decoder
/// adds.
struct Inputs {
  Vec x;  // (dh)
};

/// The inputs of a whole sequence at once, which one matrix product gives.
struct Projected {
  Mat x;  // (T, dh)

  Inputs at(std::size_t t) const;

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"x", "T,dh", "u_t = W x_t + b"}, self.x);
  }
};

struct Forward {
  Vec h;  // (dh), in (-1, 1)

  State state() const { return {h}; }

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"h", "dh", "h_t = tanh(u_t + U h_{t-1})"}, self.h);
  }
};

/// d_x is dL/dx; x (u_t in formulas, where x_t is the word) is what came from outside, and what is
/// sent to it is sent to the whole argument of tanh.
struct Backward {
  Vec d_x;           // (dh)
  Vec d_h_previous;  // (dh)

  State d_previous() const { return {d_h_previous}; }

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"d_x", "dh", "d_u_t = d_h_t (1 - h_t^2)"}, self.d_x);
    visit(Field{"d_h_previous", "dh", "d_h_{t-1} = U^T d_u_t"}, self.d_h_previous);
  }
};

/// Sums over time.
struct Gradients {
  Mat d_W;  // (dh, dx)
  Mat d_U;  // (dh, dh)
  Vec d_b;  // (dh)
  Mat d_X;  // (T, dx)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"d_W", "dh,dx", "dW = sum_t d_u_t x_t^T"}, self.d_W);
    visit(Field{"d_U", "dh,dh", "dU = sum_t d_u_t h_{t-1}^T"}, self.d_U);
    visit(Field{"d_b", "dh", "db = sum_t d_u_t"}, self.d_b);
    visit(Field{"d_X", "T,dx", "dx_t = W^T d_u_t"}, self.d_X);
  }
};

/// X (T, dx). \throws ShapeError naming the tensor, its shape and the shape expected.
Projected project(const Params& params, const Mat& X);

Forward step(const Params& params, const Inputs& inputs, const State& previous);

/// \param d_state dL/dh_t, from wherever h_t goes
Backward step_backward(const Params& params, const State& previous, const Forward& forward,
                       const State& d_state);

/// \param H_previous the states before each step (T, dh)
Gradients gradients(const Params& params, const Mat& X, const Mat& H_previous,
                    const std::vector<Forward>& forward, const std::vector<Backward>& backward);

}  // namespace attn::rnn
