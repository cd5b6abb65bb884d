/// From a state to a distribution over words: a linear layer and the softmax over the vocabulary.
/// Axes: ds state width, V words.
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
    visit(Field{"logits", "V", "o_t = W_o s_t + b_o"}, self.logits);
    visit(Field{"probabilities", "V", "p_t = softmax(o_t), over the words", "", Kind::weight},
          self.probabilities);
  }
};

/// d_x is dL/dx and has the shape of x. Of one step: a decoder adds up those of all its steps.
struct Backward {
  Mat d_W_o;    // (V, ds)
  Vec d_b_o;    // (V)
  Vec d_state;  // (ds)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"d_W_o", "V,ds", "dW_o = d_o_t s_t^T"}, self.d_W_o);
    visit(Field{"d_b_o", "V", "db_o = d_o_t"}, self.d_b_o);
    visit(Field{"d_state", "ds", "d_s_t = W_o^T d_o_t"}, self.d_state);
  }
};

/// \throws ShapeError naming the tensor, its shape and the shape expected; also for empty axes.
Forward forward(const Params& params, const Vec& state);

/// \throws ShapeError if d_logits has not the shape of the logits.
Backward backward(const Params& params, const Vec& state, const Vec& d_logits);

}  // namespace attn::readout
