/// From a state to a distribution over words: a linear layer and the softmax over the vocabulary.
/// Axes: T steps of a decoder, ds state width, V words.
#pragma once

#include "attn/core/field.hpp"
#include "attn/core/tensor.hpp"

namespace attn::readout {

struct Params {
  Mat W_o;  // (V, ds)
  Vec b_o;  // (V)
};

struct Forward {
  Vec logits;         // (V)
  Vec probabilities;  // (V), sum to 1

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"logits", "V", "logits_t = W_o s_t + b_o"}, self.logits);
    visit(Field{"probabilities", "V", "p_t = softmax(logits_t), over the words", "", Kind::weight},
          self.probabilities);
  }
};

/// Of all steps of a decoder at once. d_x is dL/dx and has the shape of x.
struct Backward {
  Mat d_W_o;     // (V, ds)
  Vec d_b_o;     // (V)
  Mat d_states;  // (T, ds)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"d_W_o", "V,ds", "dW_o = sum_t d_logits_t s_t^T"}, self.d_W_o);
    visit(Field{"d_b_o", "V", "db_o = sum_t d_logits_t"}, self.d_b_o);
    visit(Field{"d_states", "T,ds", "d_s_t = W_o^T d_logits_t"}, self.d_states);
  }
};

/// \throws ShapeError naming the tensor, its shape and the shape expected; also for empty axes.
Forward forward(const Params& params, const Vec& state);

/// \param states   (T, ds), those that the steps were given
/// \param d_logits (T, V)
/// \throws ShapeError if d_logits has not the shape of the logits.
Backward backward(const Params& params, const Mat& states, const Mat& d_logits);

}  // namespace attn::readout
