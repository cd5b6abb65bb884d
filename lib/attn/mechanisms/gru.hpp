/// The gated recurrent unit. Cho et al., arXiv:1406.1078v3; as written in Bahdanau, Cho, Bengio,
/// arXiv:1409.0473v7, appendix A.1.1.
///
/// Sources differ in two things, and all four combinations are here:
///                             reset                        update
///   Bahdanau et al.           before: U (r * h)            takes_new: h = (1-z) h + z n
///   Cho et al., ONNX default  before                       keeps_old: h = z h + (1-z) n
///   PyTorch, Keras default    after: r * (U h + b_u)       keeps_old
/// where n is the candidate. What PyTorch calls b_hn is b_u; of the other gates it has two biases,
/// which are here one, their sum.
///
/// Axes: T time steps, dx input width, dh state width.
#pragma once

#include "attn/core/field.hpp"
#include "attn/core/tensor.hpp"
#include "attn/mechanisms/recurrent_parts.hpp"

namespace attn::gru {

using recurrent::State;

/// Does the reset gate act on the state before it is multiplied by U, or on the product?
enum class Reset { before, after };

/// Is z = 1 "take the candidate" or "keep the state"?
enum class Update { takes_new, keeps_old };

struct Params {
  Mat W_z, W_r, W;  // (dh, dx) each
  Mat U_z, U_r, U;  // (dh, dh) each
  Vec b_z, b_r, b;  // (dh) each
  Vec b_u;          // (dh), added to the recurrent product of the candidate
  Reset reset = Reset::before;
  Update update = Update::takes_new;
};

/// What a cell gets from outside at one time step, for each gate and for the candidate:
/// W_z x_t + b_z and so on, and whatever else a decoder adds.
struct Inputs {
  Vec x_z, x_r, x;  // (dh) each
};

/// The inputs of a whole sequence at once, which three matrix products give.
struct Projected {
  Mat x_z, x_r, x;  // (T, dh) each

  Inputs at(std::size_t t) const;

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"x_z", "T,dh", "u^z_t = W_z x_t + b_z", "Bahdanau et al., appendix A.1.1"},
          self.x_z);
    visit(Field{"x_r", "T,dh", "u^r_t = W_r x_t + b_r", "Bahdanau et al., appendix A.1.1"},
          self.x_r);
    visit(Field{"x", "T,dh", "u_t = W x_t + b", "Bahdanau et al., appendix A.1.1"}, self.x);
  }
};

struct Forward {
  Vec z;          // (dh), in (0, 1)
  Vec r;          // (dh), in (0, 1)
  Vec inner;      // (dh), r * h or U h + b_u
  Vec past;       // (dh), U (r * h) + b_u or r * (U h + b_u)
  Vec candidate;  // (dh), in (-1, 1)
  Vec h;          // (dh)

  State state() const { return {h}; }

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"z", "dh", "z_t = sigmoid(u^z_t + U_z h_{t-1})", "Bahdanau et al., appendix A.1.1"},
          self.z);
    visit(Field{"r", "dh", "r_t = sigmoid(u^r_t + U_r h_{t-1})", "Bahdanau et al., appendix A.1.1"},
          self.r);
    visit(Field{"inner", "dh", "r_t * h_{t-1};  reset after: U h_{t-1} + b_u",
                "Bahdanau et al., appendix A.1.1"},
          self.inner);
    visit(Field{"past", "dh", "U (r_t * h_{t-1}) + b_u;  reset after: r_t * (U h_{t-1} + b_u)",
                "Bahdanau et al., appendix A.1.1"},
          self.past);
    visit(Field{"candidate", "dh", "n_t = tanh(u_t + past)", "Bahdanau et al., appendix A.1.1"},
          self.candidate);
    visit(
        Field{"h", "dh", "h_t = (1 - z_t) * h_{t-1} + z_t * n_t;  keeps_old: z and 1 - z exchanged",
              "Bahdanau et al., appendix A.1.1"},
        self.h);
  }
};

/// d_x, d_x_z and d_x_r (in formulas d_u_t, d_u^z_t, d_u^r_t) belong to what came from outside, and
/// so to the arguments of tanh and sigmoid.
struct Backward {
  Vec d_candidate;   // (dh)
  Vec d_z;           // (dh)
  Vec d_x;           // (dh)
  Vec d_inner;       // (dh)
  Vec d_r;           // (dh)
  Vec d_x_z;         // (dh)
  Vec d_x_r;         // (dh)
  Vec d_h_previous;  // (dh)

  State d_previous() const { return {d_h_previous}; }

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"d_candidate", "dh", "d_n_t = z_t * d_h_t;  keeps_old: (1 - z_t) * d_h_t"},
          self.d_candidate);
    visit(Field{"d_z", "dh", "(n_t - h_{t-1}) * d_h_t;  keeps_old: with the other sign"}, self.d_z);
    visit(Field{"d_x", "dh", "d_u_t = d_n_t (1 - n_t^2)"}, self.d_x);
    visit(Field{"d_inner", "dh", "U^T d_u_t;  reset after: r_t * d_u_t"}, self.d_inner);
    visit(Field{"d_r", "dh", "h_{t-1} * d_inner;  reset after: (U h_{t-1} + b_u) * d_u_t"},
          self.d_r);
    visit(Field{"d_x_z", "dh", "d_u^z_t = d_z_t z_t (1 - z_t)"}, self.d_x_z);
    visit(Field{"d_x_r", "dh", "d_u^r_t = d_r_t r_t (1 - r_t)"}, self.d_x_r);
    visit(Field{"d_h_previous", "dh", "through the update, both gates and the candidate"},
          self.d_h_previous);
  }
};

/// Sums over time.
struct Gradients {
  Mat d_W_z, d_W_r, d_W;  // (dh, dx) each
  Mat d_U_z, d_U_r, d_U;  // (dh, dh) each
  Vec d_b_z, d_b_r, d_b;  // (dh) each
  Vec d_b_u;              // (dh)
  Mat d_X;                // (T, dx)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"d_W_z", "dh,dx", "dW_z = sum_t d_u^z_t x_t^T"}, self.d_W_z);
    visit(Field{"d_W_r", "dh,dx", "dW_r = sum_t d_u^r_t x_t^T"}, self.d_W_r);
    visit(Field{"d_W", "dh,dx", "dW = sum_t d_u_t x_t^T"}, self.d_W);
    visit(Field{"d_U_z", "dh,dh", "dU_z = sum_t d_u^z_t h_{t-1}^T"}, self.d_U_z);
    visit(Field{"d_U_r", "dh,dh", "dU_r = sum_t d_u^r_t h_{t-1}^T"}, self.d_U_r);
    visit(Field{"d_U", "dh,dh", "sum_t d_u_t (r_t * h_{t-1})^T;  reset after: d_inner h_{t-1}^T"},
          self.d_U);
    visit(Field{"d_b_z", "dh", "db_z = sum_t d_u^z_t"}, self.d_b_z);
    visit(Field{"d_b_r", "dh", "db_r = sum_t d_u^r_t"}, self.d_b_r);
    visit(Field{"d_b", "dh", "db = sum_t d_u_t"}, self.d_b);
    visit(Field{"d_b_u", "dh", "sum_t d_u_t;  reset after: sum_t d_inner_t"}, self.d_b_u);
    visit(Field{"d_X", "T,dx", "dx_t = W_z^T d_u^z_t + W_r^T d_u^r_t + W^T d_u_t"}, self.d_X);
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

}  // namespace attn::gru
