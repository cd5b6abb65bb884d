/// Decoding with alignment, word by word, and back through time: RNNsearch. Bahdanau, Cho, Bengio,
/// arXiv:1409.0473v7, section 3.1 and appendix A.2.2. A step is attn::bahdanau.
///
/// Axes: Tx source words, Ty target words, dh width of the encoder's states (annotations are two
/// of them), ds state width, Vy target vocabulary.
#pragma once

#include <vector>

#include "attn/core/tensor.hpp"
#include "attn/mechanisms/bahdanau.hpp"

namespace attn::rnnsearch {

using bahdanau::Params;

struct Forward {
  bahdanau::Initial initial;
  additive::Projected keys;  // U_a h_j, once for the sentence
  std::vector<bahdanau::Step> steps;

  Vec state_before(std::size_t i) const;  ///< of step i, counted from 0; that of step 0 is s_0
  std::vector<std::size_t> words() const;
  Mat alignment() const;  ///< (Ty, Tx), the weights of all steps
  bool complete() const;  ///< no result is missing
};

/// Teacher forcing: whatever the decoder would say, the next word that it sees is that of the
/// target. annotations (Tx, 2 dh).
/// \throws ShapeError naming the tensor, its shape and the shape expected; also for empty axes.
/// \throws std::out_of_range if a word is not in the vocabulary.
Forward forced(const Params& params, const Mat& annotations, std::size_t start,
               const std::vector<std::size_t>& target);

/// Each word is the likeliest; it ends after `stop`, or after `limit` words.
/// \throws std::invalid_argument if the limit is 0; and as above.
Forward greedy(const Params& params, const Mat& annotations, std::size_t start, std::size_t stop,
               std::size_t limit);

/// d_x is dL/dx and has the shape of x.
struct Backward {
  std::vector<bahdanau::StepBackward> steps;  // in the order of time; the last comes first
  bahdanau::InitialBackward initial;
  Mat d_k;                         // (Tx, da), to the keys, from all steps
  additive::ProjectBackward keys;  // d_U_a, and what the annotations get through it
  Mat d_W_a;                       // (da, ds)
  Vec d_v_a;                       // (da)
  gru::Gradients cell;
  bahdanau::ContextGradients contexts;
  maxout::Gradients deep;
  Mat d_W_o;          // (Vy, l)
  Vec d_b_o;          // (Vy)
  Mat d_E;            // (Vy, dy)
  Mat d_annotations;  // (Tx, 2 dh): as values, as keys, and the first as the start

  bool complete(std::size_t Ty) const;
};

/// Back through time. Where something has not been written, as in an exercise, it ends there.
/// \param d_logits dL/dlogits of each step (Ty, Vy)
/// \throws ShapeError if there is not one row for each step.
Backward backward(const Params& params, const Mat& annotations, const Forward& forward,
                  const Mat& d_logits);

}  // namespace attn::rnnsearch
