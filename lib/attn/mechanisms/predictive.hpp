/// Where to look, predicted: the position p_t of local-p. Luong, Pham, Manning,
/// arXiv:1508.04025v5, section 3.2, equation (9).
/// Axes: Tq queries, dq query width, dp hidden width.
#pragma once

#include "attn/core/field.hpp"
#include "attn/core/tensor.hpp"

namespace attn::predictive {

struct Params {
  Mat W_p;  // (dp, dq)
  Vec v_p;  // (dp)
};

struct Forward {
  Mat layer;  // (Tq, dp), in (-1, 1)
  Vec share;  // (Tq), in (0, 1): how far along the sentence
  Vec p;      // (Tq), between 0 and S

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"layer", "Tq,dp", "tanh(W_p h_t)", "eq. (9)"}, self.layer);
    visit(Field{"share", "Tq", "sigmoid(v_p^T tanh(W_p h_t))", "eq. (9)"}, self.share);
    visit(Field{"p", "Tq", "p_t = S sigmoid(v_p^T tanh(W_p h_t))", "eq. (9)"}, self.p);
  }
};

/// d_x is dL/dx and has the shape of x; d_logit belongs to the argument of the sigmoid, d_sum to
/// that of tanh.
struct Backward {
  Vec d_share;    // (Tq)
  Vec d_logit;    // (Tq)
  Vec d_v_p;      // (dp)
  Mat d_layer;    // (Tq, dp)
  Mat d_sum;      // (Tq, dp)
  Mat d_W_p;      // (dp, dq)
  Mat d_queries;  // (Tq, dq)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"d_share", "Tq", "d_share_t = S dp_t"}, self.d_share);
    visit(Field{"d_logit", "Tq", "d_logit_t = d_share_t share_t (1 - share_t)"}, self.d_logit);
    visit(Field{"d_v_p", "dp", "dv_p = sum_t d_logit_t layer_t"}, self.d_v_p);
    visit(Field{"d_layer", "Tq,dp", "d_layer_t = d_logit_t v_p"}, self.d_layer);
    visit(Field{"d_sum", "Tq,dp", "d_sum = d_layer (1 - layer^2)"}, self.d_sum);
    visit(Field{"d_W_p", "dp,dq", "dW_p = d_sum^T Q"}, self.d_W_p);
    visit(Field{"d_queries", "Tq,dq", "dQ = d_sum W_p"}, self.d_queries);
  }
};

/// `S` is the length of the sentence. \throws ShapeError naming the tensor, its shape and the shape
/// expected; also for empty axes and an S of 0.
Forward forward(const Params& params, const Mat& queries, std::size_t S);

/// \throws ShapeError if d_p has not the shape of p.
Backward backward(const Params& params, const Mat& queries, std::size_t S, const Forward& forward,
                  const Vec& d_p);

}  // namespace attn::predictive
