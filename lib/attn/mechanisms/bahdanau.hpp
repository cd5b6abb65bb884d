/// One step of the decoder that aligns and translates. Bahdanau, Cho, Bengio, "Neural Machine
/// Translation by Jointly Learning to Align and Translate", arXiv:1409.0473v7, section 3.1 and
/// appendix A.2.2.
///
/// It looks for what it needs among the annotations of the source sentence, with its state BEFORE
/// the step as the query; then comes the new state, then a word. attn::rnnsearch goes from step to
/// step.
///
/// Axes: Tx source words, Ty target words, dh width of the encoder's states (annotations are two
/// of them), ds state width, dy embedding width, da hidden width of the alignment, dt and l units
/// of the output's maxout layer, Vy target vocabulary.
#pragma once

#include <vector>

#include "attn/core/field.hpp"
#include "attn/core/tensor.hpp"
#include "attn/mechanisms/additive.hpp"
#include "attn/mechanisms/gru.hpp"
#include "attn/mechanisms/initial_state.hpp"
#include "attn/mechanisms/maxout.hpp"
#include "attn/mechanisms/pooling.hpp"
#include "attn/mechanisms/readout.hpp"

namespace attn::bahdanau {

/// Which state the output reads: s_i, as equation (4) has it, or s_{i-1}, as appendix A.2.2 does.
enum class ReadoutState { current, previous };

struct Params {
  Mat E;                        // (Vy, dy), embeddings of target words
  initial_state::Params start;  // W_s (ds, dh)
  additive::Params alignment;   // W_a (da, ds), U_a (da, 2 dh), v_a (da)
  gru::Params cell;             // W (ds, dy), U (ds, ds)
  Mat C_z, C_r, C;              // (ds, 2 dh) each
  maxout::Params deep;          // U_o (dt, ds), V_o (dt, dy), C_o (dt, 2 dh)
  readout::Params output;       // W_o (Vy, l)
  ReadoutState readout_state = ReadoutState::current;
};

/// What the gates get from outside: the word before and the context.
struct Outside {
  Vec x_z, x_r, x;  // (ds) each

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"x_z", "ds", "u^z_i = W_z E y_{i-1} + C_z c_i + b_z", "appendix A.2.2"}, self.x_z);
    visit(Field{"x_r", "ds", "u^r_i = W_r E y_{i-1} + C_r c_i + b_r", "appendix A.2.2"}, self.x_r);
    visit(Field{"x", "ds", "u_i = W E y_{i-1} + C c_i + b", "appendix A.2.2"}, self.x);
  }
};

/// One time step, in the order of the computation.
struct Step {
  std::size_t previous = 0;    // y_{i-1}, the number of a word
  Vec embedding;               // (dy), E y_{i-1}
  additive::Step alignment;    // scores e_ij (1, Tx)
  pooling::Forward attention;  // weights alpha_ij (1, Tx), context c_i (1, 2 dh)
  Outside outside;
  gru::Forward cell;  // h is s_i (ds)
  maxout::Forward deep;
  readout::Forward output;  // probabilities (Vy)
  std::size_t word = 0;     // y_i, the most likely

  Vec context() const;    ///< (2 dh)
  bool complete() const;  ///< no result is missing
};

/// \param annotations (Tx, 2 dh)
/// \param keys U_a h_j, for the whole sentence
/// \param s the state before (ds)
/// \param previous the word before
/// What has not been written, as in an exercise, is empty, and so is what follows.
/// \throws ShapeError naming the tensor, its shape and the shape expected; also for empty axes.
/// \throws std::out_of_range if there is no such word.
Step step(const Params& params, const Mat& annotations, const additive::Projected& keys,
          const Vec& s, std::size_t previous);

/// d_x is dL/dx and has the shape of x.
struct ContextBackward {
  Vec d_context;  // (2 dh)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"d_context", "dh+dh", "C_z^T du^z_i + C_r^T du^r_i + C^T du_i + C_o^T dt~_i"},
          self.d_context);
  }
};

struct StateBackward {
  Vec d_s_previous;  // (ds)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"d_s_previous", "ds", "through the GRU, and W_a^T dq_i as the query"},
          self.d_s_previous);
  }
};

/// One time step, in the order in which the gradient comes back.
struct StepBackward {
  Vec d_s;  // (ds), all that comes to s_i
  gru::Backward cell;
  ContextBackward context;
  pooling::Backward attention;
  additive::StepBackward alignment;
  StateBackward previous;

  bool complete() const;  ///< no result is missing
};

/// \param s the state before (ds)
/// \param d_s all that comes to the new state (ds)
/// \param d_context what comes to the context from the output (2 dh)
/// What has not been written is empty, and so is what follows.
StepBackward step_backward(const Params& params, const Mat& annotations, const Vec& s,
                           const Step& forward, const Vec& d_s, const Vec& d_context);

/// Of the matrices through which the context reaches the gates: sums over time.
struct ContextGradients {
  Mat d_C_z, d_C_r, d_C;  // (ds, 2 dh) each

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"d_C_z", "ds,dh+dh", "dC_z = sum_i du^z_i c_i^T"}, self.d_C_z);
    visit(Field{"d_C_r", "ds,dh+dh", "dC_r = sum_i du^r_i c_i^T"}, self.d_C_r);
    visit(Field{"d_C", "ds,dh+dh", "dC = sum_i du_i c_i^T"}, self.d_C);
  }
};

/// \param contexts c_i of each step (Ty, 2 dh)
ContextGradients context_gradients(const Mat& contexts, const std::vector<gru::Backward>& cells);

}  // namespace attn::bahdanau
