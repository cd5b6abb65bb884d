/// Scaled dot-product attention with what later models put between the scale and the mask: a soft
/// cap (softcap.hpp), then a bias (score_bias.hpp).
/// Axes: Tq queries, Tk keys and values, dk width of queries and keys, dv width of values.
#pragma once

#include <optional>

#include "attn/core/field.hpp"
#include "attn/core/tensor.hpp"

namespace attn::biased_dot {

struct Scoring {
  double scale = 1.0;
  std::optional<double> softcap{};  // c > 0
  Mat bias{};                       // (Tq, Tk), -inf where it hides a key; empty: none

  bool capped() const { return softcap.has_value(); }
  bool biased() const { return bias.size() > 0; }
};

/// Every intermediate, in the order of equation (1); `each` leaves out what is not used.
struct Forward {
  bool is_capped = false, is_biased = false;
  Mat scores;   // (Tq, Tk)
  Mat scaled;   // (Tq, Tk)
  Mat capped;   // (Tq, Tk)
  Mat biased;   // (Tq, Tk), -inf where the bias hides a key
  Mat masked;   // (Tq, Tk), -inf also where the mask says "do not attend"
  Mat weights;  // (Tq, Tk), each row sums to 1, or is 0 if all its keys are hidden
  Mat context;  // (Tq, dv)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"scores", "Tq,Tk", "S = Q K^T", "eq. (1)"}, self.scores);
    visit(Field{"scaled", "Tq,Tk", "scale * S,  scale = 1/sqrt(dk) unless set", "eq. (1)"},
          self.scaled);
    if (self.is_capped) visit(capped_field("Tq,Tk"), self.capped);
    if (self.is_biased) visit(biased_field("Tq,Tk", self.is_capped), self.biased);
    visit(Field{"masked", "Tq,Tk",
                masked_formula(self.is_capped, self.is_biased,
                               "scaled where the mask attends, else -inf"),
                "section 3.2.3", Kind::score},
          self.masked);
    visit(Field{"weights", "Tq,Tk", "A = softmax(masked), over the keys", "eq. (1)", Kind::weight},
          self.weights);
    visit(Field{"context", "Tq,dv", "A V", "eq. (1)"}, self.context);
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
struct Backward {
  bool is_capped = false, is_biased = false;
  Mat d_values;   // (Tk, dv)
  Mat d_weights;  // (Tq, Tk)
  Mat d_bias;     // (Tq, Tk), 0 where a key is hidden
  Mat d_capped;   // (Tq, Tk)
  Mat d_scaled;   // (Tq, Tk), 0 where a key is hidden
  Mat d_scores;   // (Tq, Tk)
  Mat d_queries;  // (Tq, dk)
  Mat d_keys;     // (Tk, dk)
};

/// \throws ShapeError naming the tensor, its shape and the shape expected; also for empty axes.
Forward forward(const Mat& queries, const Mat& keys, const Mat& values, const Mask& mask,
                const Scoring& scoring);

/// \throws ShapeError if d_context has not the shape of the context.
Backward backward(const Mat& queries, const Mat& keys, const Mat& values, const Scoring& scoring,
                  const Forward& forward, const Mat& d_context);

}  // namespace attn::biased_dot
