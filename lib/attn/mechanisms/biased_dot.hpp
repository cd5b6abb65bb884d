/// Scaled dot-product attention with what later models put between the scale and the mask: a soft
/// cap (softcap.hpp), then a bias (score_bias.hpp).
/// Axes: Tq queries, Tk keys and values, dk width of queries and keys, dv width of values.
#pragma once

#include <optional>

#include "attn/mechanisms/scaled_dot.hpp"

namespace attn::biased_dot {

struct Scoring {
  double scale = 1.0;
  std::optional<double> softcap{};  // c > 0
  Mat bias{};                       // (Tq, Tk), -inf where it hides a key; empty: none

  bool capped() const { return softcap.has_value(); }
  bool biased() const { return bias.size() > 0; }
};

/// Visits the fields of equation (1), with those between the scale and the mask where they are
/// used.
struct Forward : scaled_dot::Forward {
  bool is_capped = false, is_biased = false;
  Mat capped;  // (Tq, Tk)
  Mat biased;  // (Tq, Tk)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    scaled_dot::Forward::each(self, [&](const Field& field, auto& value) {
      Field said = field;
      if (field.name == "masked") {
        if (self.is_capped) visit(capped_field("Tq,Tk"), self.capped);
        if (self.is_biased) visit(biased_field("Tq,Tk", self.is_capped), self.biased);
        said.formula = masked_formula(self.is_capped, self.is_biased, field.formula);
      }
      visit(said, value);
    });
  }

  static constexpr Field capped_field(std::string_view axes) {
    return {"capped", axes, "c tanh(scaled / c)", "arXiv:2408.00118, section 2"};
  }
  static constexpr Field biased_field(std::string_view axes, bool is_capped) {
    return {"biased", axes, is_capped ? "capped + bias" : "scaled + bias", "", Kind::score};
  }
  static constexpr std::string_view masked_formula(bool is_capped, bool is_biased,
                                                   std::string_view plain) {
    if (is_biased) return "biased where the mask attends, else -inf";
    return is_capped ? "capped where the mask attends, else -inf" : plain;
  }
};

/// d_x is dL/dx and has the shape of x.
struct Backward : scaled_dot::Backward {
  bool is_capped = false, is_biased = false;
  Mat d_bias;    // (Tq, Tk), 0 where a key is hidden
  Mat d_capped;  // (Tq, Tk)
};

/// \throws ShapeError naming the tensor, its shape and the shape expected; also for empty axes.
Forward forward(const Mat& queries, const Mat& keys, const Mat& values, const Mask& mask,
                const Scoring& scoring);

/// \throws ShapeError if d_context has not the shape of the context.
Backward backward(const Mat& queries, const Mat& keys, const Mat& values, const Scoring& scoring,
                  const Forward& forward, const Mat& d_context);

}  // namespace attn::biased_dot
