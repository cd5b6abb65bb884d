/// Multi-head attention as models after the Transformer have it: fewer key heads than query heads,
/// rotary positions, keys of the past (head_projections.hpp), another scale, a soft cap and a bias
/// on the scores (biased_dot.hpp). Each is left out unless it is asked for; with none of them this
/// is attn::multi_head. Axes: as in head_projections.hpp.
#pragma once

#include "attn/mechanisms/biased_dot.hpp"
#include "attn/mechanisms/head_projections.hpp"

namespace attn::extended_heads {

using head_projections::How;

/// What of this is used; it decides which fields there are, and what their formulas say.
struct Uses {
  bool groups = false, scale = false, cap = false, bias = false, own_biases = false;
};
Uses uses(const multi_head::Params& params, const How& how);

struct Forward : multi_head::Attended {
  Uses used;
  head_projections::Forward projected;
  Ten3 capped, biased;  // (H, Tq, Tk)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    multi_head::Projected::each(self.projected, visit);
    multi_head::Attended::each(self, [&](const Field& field, auto& value) {
      Field said = field;
      const Uses& used = self.used;
      if (field.name == "scores") {
        positioned::Forward<Ten3>::each(self.projected.positioned, visit);
        if (used.groups) said.formula = "S_i = q_i k_g^T,  g = floor(i / (H/G))";
      }
      if (field.name == "scaled" && used.scale) said.formula = "scale * S_i";
      if (field.name == "masked") {
        using biased_dot::Forward;
        if (used.cap) visit(Forward::capped_field("H,Tq,Tk"), self.capped);
        if (used.bias) visit(Forward::biased_field("H,Tq,Tk", used.cap), self.biased);
        said.formula = Forward::masked_formula(used.cap, used.bias, field.formula);
      }
      if (field.name == "heads" && used.groups) said.formula = "head_i = A_i v_g";
      visit(said, value);
    });
  }
};

/// d_x is dL/dx and has the shape of x. The fields of multi_head::AttendedBackward that belong to
/// keys and values are those of the new ones, summed over the heads that share them.
struct Backward : multi_head::AttendedBackward {
  Uses used;
  head_projections::Backward projected;
  Ten3 d_biased, d_capped;  // (H, Tq, Tk)
  Mat d_bias;               // (Tq, Tk), where one bias is for all heads

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    auto& p = self.projected;
    const Uses& used = self.used;
    const bool turns = p.positioned.turns, past = p.positioned.has_past;
    multi_head::AttendedBackward::each(self, [&](const Field& field, auto& value) {
      Field said = field;
      if (field.name == "d_v_heads" && past) {
        visit(Field{"d_all_values", "G,Tk,dv", all_values_formula(used)}, p.d_all_values);
        visit(Field{"d_past_values", "G,Tp,dv", "the first Tp rows of d_all_values"},
              p.positioned.d_past_values);
      }
      if (field.name == "d_v_heads") {
        said.axes = "G,Tn,dv";
        said.formula = past ? "the last Tn rows of d_all_values" : all_values_formula(used);
      }
      if (field.name == "d_scaled") {
        const std::string_view softmax = field.formula;
        if (used.bias) {
          const bool own = used.own_biases;
          visit(Field{own ? "d_bias" : "d_biased", "H,Tq,Tk", softmax}, self.d_biased);
          if (!own) visit(Field{"d_bias", "Tq,Tk", "sum over the heads of d_biased"}, self.d_bias);
        }
        if (used.cap) {
          visit(Field{"d_capped", "H,Tq,Tk", used.bias ? "the gradient of capped + bias" : softmax},
                self.d_capped);
          said.formula = "d_capped_tj / cosh^2(scaled_tj / c), in each head";
        } else if (used.bias) {
          said.formula = "the gradient of scaled + bias";
        }
      }
      if (field.name == "d_scores" && used.scale) said.formula = "dS_i = scale * d_scaled_i";
      if (field.name == "d_q_heads" && turns) {
        visit(Field{"d_q_rotated", "H,Tq,dk", queries_formula(used)}, self.d_q_rotated);
        said.formula = "each pair of d_q_rotated turned back";
      } else if (field.name == "d_q_heads") {
        said.formula = queries_formula(used);
      }
      if (field.name == "d_k_heads") {
        said.axes = "G,Tn,dk";
        said.formula = all_keys_formula(used);
        if (past) {
          visit(Field{"d_all_keys", "G,Tk,dk", said.formula}, p.d_all_keys);
          visit(Field{"d_past_keys", "G,Tp,dk", "the first Tp rows of d_all_keys"},
                p.positioned.d_past_keys);
          said.formula = "the last Tn rows of d_all_keys";
        }
        if (turns) {
          visit(Field{"d_k_rotated", "G,Tn,dk", said.formula}, p.positioned.d_k_rotated);
          said.formula = "each pair of d_k_rotated turned back";
        }
      }
      visit(said, value);
    });
    multi_head::ProjectedBackward::each(p, visit);
  }

  Ten3 d_q_rotated;  // (H, Tq, dk)

  static constexpr std::string_view all_values_formula(const Uses& used) {
    return used.groups ? "dv_g = sum over its heads of A_i^T dhead_i" : "dv_i = A_i^T dhead_i";
  }
  static constexpr std::string_view all_keys_formula(const Uses& used) {
    return used.groups ? "dk_g = sum over its heads of dS_i^T q_i" : "dk_i = dS_i^T q_i";
  }
  static constexpr std::string_view queries_formula(const Uses& used) {
    return used.groups ? "dq_i = dS_i k_g" : "dq_i = dS_i k_i";
  }
};

/// \param mask (Tq, Tk), the same for every head
/// \throws ShapeError naming the tensor, its shape and the shape expected; also for empty axes.
Forward forward(const multi_head::Params& params, const Mat& queries, const Mat& keys,
                const Mat& values, const Mask& mask, const How& how);

/// \throws ShapeError if d_output has not the shape of the output.
Backward backward(const multi_head::Params& params, const Mat& queries, const Mat& keys,
                  const Mat& values, const How& how, const Forward& forward, const Mat& d_output);

}  // namespace attn::extended_heads
