/// Decoding with alignment, word by word, and back through time: RNNsearch. Bahdanau, Cho, Bengio,
/// arXiv:1409.0473v7, section 3.1 and appendix A.2.2. A step is attn::bahdanau.
///
/// Axes: Tx source words, Ty target words, dh width of the encoder's states (annotations are two
/// of them), ds state width, Vy target vocabulary.
#pragma once

#include <vector>

#include "attn/core/tensor.hpp"
#include "attn/mechanisms/bahdanau.hpp"
#include "attn/mechanisms/decoding.hpp"

namespace attn::rnnsearch {

using bahdanau::Params;

struct Forward {
  initial_state::Forward start;  // s_0, made of <-h_1
  additive::Projected keys;      // U_a h_j, once for the sentence
  std::vector<bahdanau::Step> steps;

  Vec state_before(std::size_t i) const;   ///< of step i, counted from 0; that of step 0 is s_0
  std::vector<std::size_t> words() const;  ///< the most likely at each step
  Mat alignment() const;                   ///< (Ty, Tx), the weights of all steps
  bool complete() const;                   ///< no result is missing
};

/// The next step is given the most likely word, or, under teacher forcing, that of the target.
/// Where something has not been written, as in an exercise, it ends there.
/// \param annotations (Tx, 2 dh)
/// \throws ShapeError naming the tensor, its shape and the shape expected; also for empty axes.
/// \throws std::invalid_argument if a word is not in the vocabulary, or the limit is 0.
Forward decode(const Params& params, const Mat& annotations, const Decoding& how);

/// d_x is dL/dx and has the shape of x.
struct Backward {
  readout::Backward output;                   // d_W_o, d_b_o; d_states is to t_i
  maxout::Backward deep;                      // of the output, at all steps
  std::vector<bahdanau::StepBackward> steps;  // in the order of time; the last is computed first
  initial_state::Backward start;
  Mat d_W_a;                       // (da, ds), as the three below a sum over the steps
  Vec d_v_a;                       // (da)
  Mat d_k;                         // (Tx, da)
  Mat d_values;                    // (Tx, 2 dh), to the annotations from the contexts
  additive::ProjectBackward keys;  // d_U_a, and what the annotations get as keys
  gru::Gradients cell;
  bahdanau::ContextGradients contexts;
  Mat d_E;            // (Vy, dy)
  Mat d_annotations;  // (Tx, 2 dh): as values, as keys, and <-h_1 as the start

  bool complete() const;  ///< no result is missing
};

/// Back through time. Where something has not been written, as in an exercise, it ends there.
/// \param d_logits dL/dlogits of each step (Ty, Vy)
/// \throws ShapeError if there is not one row for each step.
Backward backward(const Params& params, const Mat& annotations, const Forward& forward,
                  const Mat& d_logits);

}  // namespace attn::rnnsearch
