/// Multi-head attention without the weights: each head goes over the keys in blocks, as
/// online_softmax.hpp does, so that memory grows linearly with the length. The output is that of
/// attn::multi_head, to rounding.
/// Axes: as in multi_head.hpp.
#pragma once

#include "attn/mechanisms/multi_head.hpp"
#include "attn/mechanisms/online_softmax.hpp"

namespace attn::online_heads {

/// What the heads keep of their weights, two numbers for each query, and what they read. The last
/// two fields are for the backward pass, as in online_softmax::Forward.
struct Read {
  Mat maxima;                                     // (H, Tq), -inf where a query may see no key
  Mat sums;                                       // (H, Tq), 0 where a query may see no key
  Ten3 heads;                                     // (H, Tq, dv)
  std::vector<std::vector<std::size_t>> leading;  // (H, Tq), the first key of the largest score
  Ten3 beyond;                                    // (H, Tq, dv), heads - v_leading

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"maxima", "H,Tq", "m_t = max_j q_t . k_j / sqrt(dk)", "", Kind::score},
          self.maxima);
    visit(Field{"sums", "H,Tq", "l_t = sum_j exp(q_t . k_j / sqrt(dk) - m_t)"}, self.sums);
    visit(Field{"heads", "H,Tq,dv", "sum_j exp(q_t . k_j / sqrt(dk) - m_t) v_j / l_t", "eq. (1)"},
          self.heads);
  }
};

struct Forward : multi_head::Projected, Read {
  Mat q;         // (Tq, Hdk)
  Ten3 q_heads;  // (H, Tq, dk)
  Mat concat;    // (Tq, Hdv)
  Mat output;    // (Tq, dm)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    multi_head::Projected::each(self, visit);
    visit(Field{"q", "Tq,Hdk", "q = X_q W_q + b_q", "section 3.2.2"}, self.q);
    visit(Field{"q_heads", "H,Tq,dk", "columns (i-1) dk + 1 to i dk of q"}, self.q_heads);
    Read::each(self, visit);
    visit(Field{"concat", "Tq,Hdv", "Concat(head_1, ..., head_H)", "section 3.2.2"}, self.concat);
    visit(Field{"output", "Tq,dm", "Concat(head_1, ..., head_H) W_o + b_o", "section 3.2.2"},
          self.output);
  }
};

/// d_x is dL/dx and has the shape of x.
struct Backward : multi_head::ProjectedBackward {
  Mat d_W_o;       // (Hdv, dm)
  Vec d_b_o;       // (dm)
  Mat d_concat;    // (Tq, Hdv)
  Ten3 d_heads;    // (H, Tq, dv)
  Mat means;       // (H, Tq), of dL/dweights under the weights
  Ten3 d_v_heads;  // (H, Tk, dv)
  Ten3 d_q_heads;  // (H, Tq, dk)
  Ten3 d_k_heads;  // (H, Tk, dk)
  Mat d_q;         // (Tq, Hdk)
  Mat d_W_q;       // (dq, Hdk)
  Vec d_b_q;       // (Hdk)
  Mat d_queries;   // (Tq, dq)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"d_W_o", "Hdv,dm", "dW_o = concat^T dY"}, self.d_W_o);
    visit(Field{"d_b_o", "dm", "db_o = sum_t dy_t"}, self.d_b_o);
    visit(Field{"d_concat", "Tq,Hdv", "d_concat = dY W_o^T"}, self.d_concat);
    visit(Field{"d_heads", "H,Tq,dv", "columns (i-1) dv + 1 to i dv of d_concat"}, self.d_heads);
    visit(Field{"means", "H,Tq", "D_t = sum_j a_tj dA_tj = d_head_t . head_t"}, self.means);
    visit(Field{"d_v_heads", "H,Tk,dv", "d_v_i = A_i^T d_head_i"}, self.d_v_heads);
    visit(Field{"d_q_heads", "H,Tq,dk", "d_q_i = dS_i k_i,  dS_tj = a_tj (dA_tj - D_t) / sqrt(dk)"},
          self.d_q_heads);
    visit(Field{"d_k_heads", "H,Tk,dk", "d_k_i = dS_i^T q_i"}, self.d_k_heads);
    visit(Field{"d_q", "Tq,Hdk", "d_q = Concat(d_q_1, ..., d_q_H)"}, self.d_q);
    visit(Field{"d_W_q", "dq,Hdk", "dW_q = X_q^T d_q"}, self.d_W_q);
    visit(Field{"d_b_q", "Hdk", "db_q = sum_t d_q_t"}, self.d_b_q);
    visit(Field{"d_queries", "Tq,dq", "dX_q = d_q W_q^T"}, self.d_queries);
    multi_head::ProjectedBackward::each(self, visit);
  }
};

/// \throws ShapeError as multi_head::forward and online_softmax::forward do.
Forward forward(const multi_head::Params& params, const Mat& queries, const Mat& keys,
                const Mat& values, const online_softmax::Rule& rule);

/// \throws ShapeError if d_output has not the shape of the output.
Backward backward(const multi_head::Params& params, const Mat& queries, const Mat& keys,
                  const Mat& values, const online_softmax::Rule& rule, const Forward& forward,
                  const Mat& d_output);

}  // namespace attn::online_heads
