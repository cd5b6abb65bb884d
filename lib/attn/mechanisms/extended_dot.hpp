/// Scaled dot-product attention as models after the Transformer have it: rotary positions and keys
/// of the past (positioned.hpp), then a soft cap and a bias on the scores (biased_dot.hpp). Each is
/// left out unless it is asked for, and with none of them this is attn::scaled_dot. Axes: Tq
/// queries, Tn new keys and Tp of the past, Tk = Tp + Tn; dk, dv widths.
#pragma once

#include "attn/mechanisms/biased_dot.hpp"
#include "attn/mechanisms/positioned.hpp"

namespace attn::extended_dot {

struct How {
  biased_dot::Scoring scoring;
  positioned::How<Mat> positions;

  /// Is it equation (1) and nothing else?
  bool plain() const {
    return !scoring.capped() && !scoring.biased() && !positions.rope && !positions.has_past();
  }
};

struct Forward {
  positioned::Forward<Mat> positioned;
  biased_dot::Forward attention;

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    positioned::Forward<Mat>::each(self.positioned, visit);
    biased_dot::Forward::each(self.attention, visit);
  }
};

/// d_x is dL/dx and has the shape of x.
struct Backward {
  biased_dot::Backward attention;
  positioned::Backward<Mat> positioned;

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    auto& a = self.attention;
    auto& p = self.positioned;
    const std::string_view softmax = "d_ij = a_ij (dA_ij - sum_k a_ik dA_ik)";
    visit(Field{p.has_past ? "d_all_values" : "d_values", "Tk,dv", "dV = A^T dC"}, a.d_values);
    visit(Field{"d_weights", "Tq,Tk", "dA = dC V^T"}, a.d_weights);
    if (a.is_biased) visit(Field{"d_bias", "Tq,Tk", softmax}, a.d_bias);
    if (a.is_capped)
      visit(Field{"d_capped", "Tq,Tk", a.is_biased ? "d_bias" : softmax}, a.d_capped);
    visit(Field{"d_scaled", "Tq,Tk",
                a.is_capped   ? "d_capped_ij / cosh^2(scaled_ij / c)"
                : a.is_biased ? "d_bias"
                              : softmax},
          a.d_scaled);
    visit(Field{"d_scores", "Tq,Tk", "dS = scale * d_scaled"}, a.d_scores);
    if (p.turns) visit(Field{"d_q_rotated", "Tq,dk", "dQ = dS K"}, a.d_queries);
    visit(
        Field{"d_queries", "Tq,dk", p.turns ? "each pair of d_q_rotated turned back" : "dQ = dS K"},
        p.d_q);
    if (p.has_past) {
      visit(Field{"d_all_keys", "Tk,dk", "dK = dS^T Q"}, a.d_keys);
      visit(Field{"d_past_keys", "Tp,dk", "the first Tp rows of d_all_keys"}, p.d_past_keys);
      visit(Field{"d_past_values", "Tp,dv", "the first Tp rows of d_all_values"}, p.d_past_values);
    }
    if (p.turns) {
      visit(Field{"d_k_rotated", "Tn,dk",
                  p.has_past ? "the last Tn rows of d_all_keys" : "dK = dS^T Q"},
            p.d_k_rotated);
    }
    visit(Field{"d_keys", p.has_past ? "Tn,dk" : "Tk,dk",
                p.turns      ? "each pair of d_k_rotated turned back"
                : p.has_past ? "the last Tn rows of d_all_keys"
                             : "dK = dS^T Q"},
          p.d_k);
    if (p.has_past) visit(Field{"d_values", "Tn,dv", "the last Tn rows of d_all_values"}, p.d_v);
  }
};

/// \param mask (Tq, Tk)
/// \throws ShapeError naming the tensor, its shape and the shape expected; also for empty axes.
Forward forward(const Mat& queries, const Mat& keys, const Mat& values, const Mask& mask,
                const How& how);

/// \throws ShapeError if d_context has not the shape of the context.
Backward backward(const Mat& queries, const Mat& keys, const Mat& values, const How& how,
                  const Forward& forward, const Mat& d_context);

}  // namespace attn::extended_dot
