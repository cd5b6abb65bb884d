/// Long short-term memory. Hochreiter and Schmidhuber 1997, with the forget gate of Gers,
/// Schmidhuber and Cummins 2000 and without peepholes: the cell of Xu et al., arXiv:1502.03044v3,
/// section 3.1.2, equations (1) to (3), and of PyTorch, whose two biases are here one, their sum.
///
/// The gates have names and matrices of their own, so no order of theirs can be mistaken. (PyTorch
/// packs them as i, f, g, o; Keras as i, f, c, o; ONNX as i, o, f, c.)
///
/// Axes: T time steps, dx input width, dh state width.
#pragma once

#include "attn/core/field.hpp"
#include "attn/core/tensor.hpp"
#include "attn/mechanisms/recurrent_parts.hpp"

namespace attn::lstm {

using recurrent::State;

struct Params {
  Mat W_i, W_f, W_o, W_g;  // (dh, dx) each
  Mat U_i, U_f, U_o, U_g;  // (dh, dh) each
  Vec b_i, b_f, b_o, b_g;  // (dh) each
};

/// What a cell gets from outside at one time step, for each gate: W_i x_t + b_i and so on, and
/// whatever else a decoder adds.
struct Inputs {
  Vec x_i, x_f, x_o, x_g;  // (dh) each
};

/// The inputs of a whole sequence at once, which four matrix products give.
struct Projected {
  Mat x_i, x_f, x_o, x_g;  // (T, dh) each

  Inputs at(std::size_t t) const;

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"x_i", "T,dh", "u^i_t = W_i x_t + b_i", "Xu et al., eq. (1)"}, self.x_i);
    visit(Field{"x_f", "T,dh", "u^f_t = W_f x_t + b_f", "Xu et al., eq. (1)"}, self.x_f);
    visit(Field{"x_o", "T,dh", "u^o_t = W_o x_t + b_o", "Xu et al., eq. (1)"}, self.x_o);
    visit(Field{"x_g", "T,dh", "u^g_t = W_g x_t + b_g", "Xu et al., eq. (1)"}, self.x_g);
  }
};

struct Forward {
  Vec i, f, o;   // (dh) each, in (0, 1)
  Vec g;         // (dh), in (-1, 1)
  Vec c;         // (dh)
  Vec squashed;  // (dh), in (-1, 1)
  Vec h;         // (dh), in (-1, 1)

  State state() const { return {h, c}; }

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"i", "dh", "i_t = sigmoid(u^i_t + U_i h_{t-1})", "Xu et al., eq. (1)"}, self.i);
    visit(Field{"f", "dh", "f_t = sigmoid(u^f_t + U_f h_{t-1})", "Xu et al., eq. (1)"}, self.f);
    visit(Field{"o", "dh", "o_t = sigmoid(u^o_t + U_o h_{t-1})", "Xu et al., eq. (1)"}, self.o);
    visit(Field{"g", "dh", "g_t = tanh(u^g_t + U_g h_{t-1})", "Xu et al., eq. (1)"}, self.g);
    visit(Field{"c", "dh", "m_t = f_t * m_{t-1} + i_t * g_t", "Xu et al., eq. (2)"}, self.c);
    visit(Field{"squashed", "dh", "tanh(m_t)", "Xu et al., eq. (3)"}, self.squashed);
    visit(Field{"h", "dh", "h_t = o_t * tanh(m_t)", "Xu et al., eq. (3)"}, self.h);
  }
};

/// d_x_i and so on belong to what came from outside, and so to the arguments of sigmoid and tanh.
struct Backward {
  Vec d_o;           // (dh)
  Vec d_c;           // (dh)
  Vec d_i;           // (dh)
  Vec d_f;           // (dh)
  Vec d_g;           // (dh)
  Vec d_x_i;         // (dh)
  Vec d_x_f;         // (dh)
  Vec d_x_o;         // (dh)
  Vec d_x_g;         // (dh)
  Vec d_c_previous;  // (dh)
  Vec d_h_previous;  // (dh)

  State d_previous() const { return {d_h_previous, d_c_previous}; }

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"d_o", "dh", "d_o_t = d_h_t * tanh(m_t)"}, self.d_o);
    visit(Field{"d_c", "dh", "d_m_t = d_h_t * o_t (1 - tanh(m_t)^2), and from m_{t+1}"}, self.d_c);
    visit(Field{"d_i", "dh", "d_i_t = d_m_t * g_t"}, self.d_i);
    visit(Field{"d_f", "dh", "d_f_t = d_m_t * m_{t-1}"}, self.d_f);
    visit(Field{"d_g", "dh", "d_g_t = d_m_t * i_t"}, self.d_g);
    visit(Field{"d_x_i", "dh", "d_u^i_t = d_i_t i_t (1 - i_t)"}, self.d_x_i);
    visit(Field{"d_x_f", "dh", "d_u^f_t = d_f_t f_t (1 - f_t)"}, self.d_x_f);
    visit(Field{"d_x_o", "dh", "d_u^o_t = d_o_t o_t (1 - o_t)"}, self.d_x_o);
    visit(Field{"d_x_g", "dh", "d_u^g_t = d_g_t (1 - g_t^2)"}, self.d_x_g);
    visit(Field{"d_c_previous", "dh", "d_m_{t-1} = d_m_t * f_t"}, self.d_c_previous);
    visit(Field{"d_h_previous", "dh",
                "d_h_{t-1} = U_i^T d_u^i_t + U_f^T d_u^f_t + U_o^T d_u^o_t + U_g^T d_u^g_t"},
          self.d_h_previous);
  }
};

/// Sums over time.
struct Gradients {
  Mat d_W_i, d_W_f, d_W_o, d_W_g;  // (dh, dx) each
  Mat d_U_i, d_U_f, d_U_o, d_U_g;  // (dh, dh) each
  Vec d_b_i, d_b_f, d_b_o, d_b_g;  // (dh) each
  Mat d_X;                         // (T, dx)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"d_W_i", "dh,dx", "dW_i = sum_t d_u^i_t x_t^T"}, self.d_W_i);
    visit(Field{"d_W_f", "dh,dx", "dW_f = sum_t d_u^f_t x_t^T"}, self.d_W_f);
    visit(Field{"d_W_o", "dh,dx", "dW_o = sum_t d_u^o_t x_t^T"}, self.d_W_o);
    visit(Field{"d_W_g", "dh,dx", "dW_g = sum_t d_u^g_t x_t^T"}, self.d_W_g);
    visit(Field{"d_U_i", "dh,dh", "dU_i = sum_t d_u^i_t h_{t-1}^T"}, self.d_U_i);
    visit(Field{"d_U_f", "dh,dh", "dU_f = sum_t d_u^f_t h_{t-1}^T"}, self.d_U_f);
    visit(Field{"d_U_o", "dh,dh", "dU_o = sum_t d_u^o_t h_{t-1}^T"}, self.d_U_o);
    visit(Field{"d_U_g", "dh,dh", "dU_g = sum_t d_u^g_t h_{t-1}^T"}, self.d_U_g);
    visit(Field{"d_b_i", "dh", "db_i = sum_t d_u^i_t"}, self.d_b_i);
    visit(Field{"d_b_f", "dh", "db_f = sum_t d_u^f_t"}, self.d_b_f);
    visit(Field{"d_b_o", "dh", "db_o = sum_t d_u^o_t"}, self.d_b_o);
    visit(Field{"d_b_g", "dh", "db_g = sum_t d_u^g_t"}, self.d_b_g);
    visit(Field{"d_X", "T,dx",
                "dx_t = W_i^T d_u^i_t + W_f^T d_u^f_t + W_o^T d_u^o_t + W_g^T d_u^g_t"},
          self.d_X);
  }
};

/// X (T, dx). \throws ShapeError naming the tensor, its shape and the shape expected.
Projected project(const Params& params, const Mat& X);

Forward step(const Params& params, const Inputs& inputs, const State& previous);

/// \param d_state dL/dh_t and dL/dc_t, from wherever these go; an empty d_state.c counts as 0
Backward step_backward(const Params& params, const State& previous, const Forward& forward,
                       const State& d_state);

/// \param H_previous the states h before each step (T, dh)
Gradients gradients(const Params& params, const Mat& X, const Mat& H_previous,
                    const std::vector<Forward>& forward, const std::vector<Backward>& backward);

}  // namespace attn::lstm
