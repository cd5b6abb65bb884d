/// Luong's decoder. Luong, Pham, Manning, arXiv:1508.04025v5, section 3.
///
/// Its order at each time step: h_t -> a_t -> c_t -> h~_t -> y_t. The state comes first, from the
/// word before, and then looks at the source; what it has read goes into the attentional state h~_t
/// from which the word is predicted. (Bahdanau's decoder looks with h_{t-1}, and what it has read
/// goes into h_t.) So nothing of what was attended to would reach the next step, were it not for
/// input feeding, which gives it h~_t along with the word.
///
/// The decoder's cell is rnn, gru or lstm, told apart by the type of its parameters.
///
/// Axes: Tx source positions, Ty decoder steps, dh source width, ds state width, dy width of a
/// word's embedding, dc width of the attentional states, Vy words.
#pragma once

#include "attn/mechanisms/decoding.hpp"
#include "attn/mechanisms/embedding.hpp"
#include "attn/mechanisms/input_feeding.hpp"
#include "attn/mechanisms/luong_attention.hpp"
#include "attn/mechanisms/readout.hpp"
#include "attn/mechanisms/recurrent.hpp"

namespace attn::luong {

using recurrent::State;

template <class Cell>
struct Params {
  Mat E;      // (Vy, dy): the words' embeddings
  Cell cell;  // its W (ds, dy), or (ds, dy + dc) with input feeding
  bool input_feeding = false;
  luong_attention::Params attention;
  readout::Params readout;  // (Vy, dc); the paper's W_s, and a bias that it has not: 0 by default
};

/// One time step.
template <class Cell>
struct Step {
  std::size_t read = 0;                               // the word that goes in, y_{t-1}
  input_feeding::Forward fed;                         // only with input feeding
  Vec input;                                          // (dy) or (dy + dc)
  typename recurrent::Cell<Cell>::Projected project;  // of one row
  typename recurrent::Cell<Cell>::Forward cell;       // h_t
  luong_attention::Forward attention;                 // a_t, c_t, h~_t
  readout::Forward readout;                           // p(y_t)
  std::size_t word = 0;                               // y_t, the most likely word

  Vec attentional() const { return row(attention.attentional.attentional, 0); }
  bool complete() const { return is_complete(readout); }
};

/// What the decoder did, from its first step to its last. Where a result has not been written, as
/// in an exercise, it ends there.
template <class Cell>
struct Forward {
  State start;
  std::vector<Step<Cell>> steps;  // Ty of them

  /// The state before step t, counted from 0.
  State before(std::size_t t) const { return t == 0 ? start : steps[t - 1].cell.state(); }
  bool complete() const { return !steps.empty() && steps.back().complete(); }

  std::vector<std::size_t> words() const;  // the most likely of each step
  Mat states() const;                      // (Ty, ds): h_1 to h_Ty
  Mat attentional() const;                 // (Ty, dc): h~_1 to h~_Ty
  Mat alignment() const;                   // (Ty, Tx): a_1 to a_Ty
};

/// A step for each word: until the stop word or the limit, or as many as the teacher has words.
/// \param annotations the encoder's states (Tx, dh)
/// \param start the decoder's state before its first step
/// \throws ShapeError naming the tensor, its shape and the shape expected; also for empty axes.
/// \throws std::invalid_argument for words that E has not, or a limit of 0.
template <class Cell>
Forward<Cell> decode(const Params<Cell>& params, const Mat& annotations, const State& start,
                     const Decoding& how);

/// The gradients at one time step, in the order in which they are computed.
template <class Cell>
struct StepBackward {
  Vec d_attentional;  // (dc): from the word, and from the next step's input
  luong_attention::Backward attention;
  State d_state;  // from the attention, and from the next step
  typename recurrent::Cell<Cell>::Backward cell;
  Vec d_input;                  // (dy) or (dy + dc)
  input_feeding::Backward fed;  // only with input feeding
};

template <class Cell>
struct Backward {
  std::vector<StepBackward<Cell>> steps;  // in the order of time; all of them, or the last ones
  typename recurrent::Cell<Cell>::Gradients cell;
  luong_attention::Params attention;  // gradients in place of parameters
  readout::Backward readout;          // its d_states are what the words send to h~_t (Ty, dc)
  Mat d_E;                            // (Vy, dy)
  Mat d_annotations;                  // (Tx, dh)
  State d_start;
  bool complete = false;
};

/// Back through time.
/// \param d_logits dL/dlogits of each step (Ty, Vy)
/// \throws ShapeError if d_logits has another shape.
template <class Cell>
Backward<Cell> backward(const Params<Cell>& params, const Mat& annotations,
                        const Forward<Cell>& forward, const Mat& d_logits);

}  // namespace attn::luong
