/// The gate beta: how much of the image the decoder lets in at a word. A word such as "of" needs
/// none. Xu et al., "Show, Attend and Tell", arXiv:1502.03044v3, section 4.2.1: one number, from
/// the state before the word, that multiplies the whole context. f_beta is taken to be linear.
/// Axes: dh state width, dv context width.
#pragma once

#include "attn/core/complete.hpp"
#include "attn/core/field.hpp"
#include "attn/core/tensor.hpp"

namespace attn::context_gate {

struct Params {
  Vec w_beta;           // (dh)
  double b_beta = 0.0;  // one number
};

struct Forward {
  double logit = not_written;
  double beta = not_written;  // in (0, 1)
  Vec gated;                  // (dv)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"logit", "", "f_beta(h_{t-1}) = w_beta . h_{t-1} + b_beta", "section 4.2.1"},
          self.logit);
    visit(Field{"beta", "", "beta_t = sigmoid(f_beta(h_{t-1}))", "section 4.2.1"}, self.beta);
    visit(Field{"gated", "dv", "beta_t context", "section 4.2.1"}, self.gated);
  }
};

/// d_x is dL/dx and has the shape of x. Of one word: a decoder adds up those of all its words.
struct Backward {
  Vec d_context;                // (dv)
  double d_beta = not_written;  // one number
  double d_logit = not_written;
  Vec d_w_beta;                   // (dh)
  double d_b_beta = not_written;  // one number
  Vec d_h;                        // (dh)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"d_context", "dv", "d_context = beta_t d_gated"}, self.d_context);
    visit(Field{"d_beta", "", "d_beta = context . d_gated"}, self.d_beta);
    visit(Field{"d_logit", "", "d_beta beta_t (1 - beta_t)"}, self.d_logit);
    visit(Field{"d_w_beta", "dh", "dw_beta = d_logit h_{t-1}"}, self.d_w_beta);
    visit(Field{"d_b_beta", "", "db_beta = d_logit"}, self.d_b_beta);
    visit(Field{"d_h", "dh", "d_h_{t-1} = d_logit w_beta"}, self.d_h);
  }
};

/// \param h the state before the word (dh). \param context (dv).
/// \throws ShapeError naming the tensor, its shape and the shape expected; also for empty axes.
Forward forward(const Params& params, const Vec& h, const Vec& context);

/// \throws ShapeError if d_gated has not the shape of the context.
Backward backward(const Params& params, const Vec& h, const Vec& context, const Forward& forward,
                  const Vec& d_gated);

}  // namespace attn::context_gate
