/// Multi-head attention without the weights: each head goes over the keys in blocks, as
/// online_softmax.hpp does, so that memory grows linearly with the length. The output is that of
/// attn::multi_head, or of attn::extended_heads, to rounding.
/// Axes: as in head_projections.hpp.
#pragma once

#include "attn/mechanisms/extended_heads.hpp"
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

struct Forward : head_projections::Forward, Read {
  bool scored = false;  // is anything but 1/sqrt(dk) done to the scores?
  Mat concat;           // (Tq, Hdv)
  Mat output;           // (Tq, dm)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    multi_head::Projected::each(self, visit);
    visit(Field{"q", "Tq,Hdk", "q = X_q W_q + b_q", "section 3.2.2"}, self.q);
    visit(Field{"q_heads", "H,Tq,dk", "columns (i-1) dk + 1 to i dk of q"}, self.q_heads);
    positioned::Forward<Ten3>::each(self.positioned, visit);
    Read::each(self, [&](const Field& field, auto& value) {
      Field said = field;
      if (self.scored) said.formula = of_any_score(field.name);
      visit(said, value);
    });
    visit(Field{"concat", "Tq,Hdv", "Concat(head_1, ..., head_H)", "section 3.2.2"}, self.concat);
    visit(Field{"output", "Tq,dm", "Concat(head_1, ..., head_H) W_o + b_o", "section 3.2.2"},
          self.output);
  }

  static constexpr std::string_view of_any_score(std::string_view name) {
    if (name == "maxima") return "m_t = max_j s_tj, over the keys that are seen";
    if (name == "sums") return "l_t = sum_j exp(s_tj - m_t)";
    return "sum_j exp(s_tj - m_t) v_j / l_t";
  }
};

/// d_x is dL/dx and has the shape of x.
struct Backward : head_projections::Backward {
  extended_heads::Uses used;
  Mat d_W_o;         // (Hdv, dm)
  Vec d_b_o;         // (dm)
  Mat d_concat;      // (Tq, Hdv)
  Ten3 d_heads;      // (H, Tq, dv)
  Mat means;         // (H, Tq), of dL/dweights under the weights
  Ten3 d_biases;     // (H, Tq, Tk), where each head has a bias of its own
  Mat d_bias;        // (Tq, Tk), where one is for all heads
  Ten3 d_q_rotated;  // (H, Tq, dk)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    auto& p = self.positioned;
    const extended_heads::Uses& used = self.used;
    using Reference = extended_heads::Backward;
    const std::string_view d_k = Reference::all_keys_formula(used);
    const std::string_view d_q = used.scale || used.cap || used.groups
                                     ? Reference::queries_formula(used)
                                     : "dq_i = dS_i k_i,  dS_tj = a_tj (dA_tj - D_t) / sqrt(dk)";
    visit(Field{"d_W_o", "Hdv,dm", "dW_o = concat^T dY"}, self.d_W_o);
    visit(Field{"d_b_o", "dm", "db_o = sum_t dy_t"}, self.d_b_o);
    visit(Field{"d_concat", "Tq,Hdv", "d_concat = dY W_o^T"}, self.d_concat);
    visit(Field{"d_heads", "H,Tq,dv", "columns (i-1) dv + 1 to i dv of d_concat"}, self.d_heads);
    visit(Field{"means", "H,Tq", "D_t = sum_j a_tj dA_tj = d_head_t . head_t"}, self.means);
    if (p.has_past) {
      visit(Field{"d_all_values", "G,Tk,dv", Reference::all_values_formula(used)},
            self.d_all_values);
      visit(Field{"d_past_values", "G,Tp,dv", "the first Tp rows of d_all_values"},
            p.d_past_values);
    }
    visit(Field{"d_v_heads", "G,Tn,dv",
                p.has_past ? "the last Tn rows of d_all_values"
                           : Reference::all_values_formula(used)},
          p.d_v);
    if (used.own_biases) {
      visit(Field{"d_bias", "H,Tq,Tk", "d_tj = a_tj (dA_tj - D_t), in each head"}, self.d_biases);
    } else if (used.bias) {
      visit(Field{"d_bias", "Tq,Tk", "sum over the heads of a_tj (dA_tj - D_t)"}, self.d_bias);
    }
    if (p.turns) visit(Field{"d_q_rotated", "H,Tq,dk", d_q}, self.d_q_rotated);
    visit(Field{"d_q_heads", "H,Tq,dk", p.turns ? "each pair of d_q_rotated turned back" : d_q},
          p.d_q);
    if (p.has_past) {
      visit(Field{"d_all_keys", "G,Tk,dk", d_k}, self.d_all_keys);
      visit(Field{"d_past_keys", "G,Tp,dk", "the first Tp rows of d_all_keys"}, p.d_past_keys);
    }
    const std::string_view d_new = p.has_past ? "the last Tn rows of d_all_keys" : d_k;
    if (p.turns) visit(Field{"d_k_rotated", "G,Tn,dk", d_new}, p.d_k_rotated);
    visit(Field{"d_k_heads", "G,Tn,dk", p.turns ? "each pair of d_k_rotated turned back" : d_new},
          p.d_k);
    visit(Field{"d_q", "Tq,Hdk", "d_q = Concat(d_q_1, ..., d_q_H)"}, self.d_q);
    visit(Field{"d_W_q", "dq,Hdk", "dW_q = X_q^T d_q"}, self.d_W_q);
    visit(Field{"d_b_q", "Hdk", "db_q = sum_t d_q_t"}, self.d_b_q);
    visit(Field{"d_queries", "Tq,dq", "dX_q = d_q W_q^T"}, self.d_queries);
    multi_head::ProjectedBackward::each(self, visit);
  }
};

/// \param rule which keys are seen; cap and bias are those of `how`
/// \throws ShapeError as extended_heads::forward and online_softmax::forward do.
Forward forward(const multi_head::Params& params, const Mat& queries, const Mat& keys,
                const Mat& values, const online_softmax::Rule& rule,
                const head_projections::How& how);

/// As the paper's heads attend.
Forward forward(const multi_head::Params& params, const Mat& queries, const Mat& keys,
                const Mat& values, const online_softmax::Rule& rule);

/// \throws ShapeError if d_output has not the shape of the output.
Backward backward(const multi_head::Params& params, const Mat& queries, const Mat& keys,
                  const Mat& values, const online_softmax::Rule& rule,
                  const head_projections::How& how, const Forward& forward, const Mat& d_output);
Backward backward(const multi_head::Params& params, const Mat& queries, const Mat& keys,
                  const Mat& values, const online_softmax::Rule& rule, const Forward& forward,
                  const Mat& d_output);

}  // namespace attn::online_heads
