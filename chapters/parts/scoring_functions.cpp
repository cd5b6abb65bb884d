#include "chapters/parts/scoring_functions.hpp"

#include "attn/core/complete.hpp"
#include "attn/mechanisms/additive.hpp"
#include "attn/mechanisms/concat.hpp"
#include "attn/mechanisms/cosine.hpp"
#include "attn/mechanisms/dot.hpp"
#include "attn/mechanisms/gaussian.hpp"
#include "attn/mechanisms/general.hpp"
#include "attn/mechanisms/location.hpp"
#include "attn/mechanisms/perceptron.hpp"
#include "chapters/parts/attention_inputs.hpp"

namespace attn::chapters {
namespace {

constexpr std::string_view dot_formula = "s_ij = q_i . k_j";
constexpr std::string_view scaled_dot_formula =
    "s_ij = scale (q_i . k_j),  scale = 1/sqrt(dk) unless set";

Mat score_with_scale(const ScoringCall& call, double scale, const Field& scores) {
  const dot::Forward f = dot::forward(call.queries, call.keys, scale);
  call.shown(scores, f.scores);
  expect_complete(f);
  if (call.d_scores != nullptr) {
    call.show_gradients(dot::backward(call.queries, call.keys, scale, f, *call.d_scores));
  }
  return f.scores;
}

Mat score_dot(const ScoringCall& call) {
  return score_with_scale(call, 1.0, {"scores", "Tq,Tk", dot_formula});
}

Mat score_scaled_dot(const ScoringCall& call) {
  const double scale = call.shown({"scale", "", ""}, scale_of(call.config, cols(call.keys)));
  if (!is_written(scale)) throw Unfinished();
  return score_with_scale(call, scale, {"scores", "Tq,Tk", scaled_dot_formula});
}

Mat score_general(const ScoringCall& call) {
  const general::Params params{call.matrix({"W_a", "dq,dk"})};
  const general::Forward f = general::forward(params, call.queries, call.keys);
  call.show(f);
  if (call.d_scores != nullptr) {
    call.show_gradients(general::backward(params, call.queries, call.keys, f, *call.d_scores));
  }
  return f.scores;
}

Mat score_additive(const ScoringCall& call) {
  const additive::Params params{call.matrix({"W_a", "da,dq"}), call.matrix({"U_a", "da,dk"}),
                                call.vector({"v_a", "da"})};
  const additive::Forward f = additive::forward(params, call.queries, call.keys);
  call.show(f);
  if (call.d_scores != nullptr) {
    call.show_gradients(additive::backward(params, call.queries, call.keys, f, *call.d_scores));
  }
  return f.scores;
}

Mat score_concat(const ScoringCall& call) {
  const concat::Params params{call.matrix({"W_a", "da,dq+dk"}), call.vector({"v_a", "da"})};
  const concat::Forward f = concat::forward(params, call.queries, call.keys);
  call.show(f);
  if (call.d_scores != nullptr) {
    call.show_gradients(concat::backward(params, call.queries, call.keys, f, *call.d_scores));
  }
  return f.scores;
}

Mat score_cosine(const ScoringCall& call) {
  const cosine::Params params{call.number({"beta", ""})};
  const cosine::Forward f = cosine::forward(params, call.queries, call.keys);
  call.show(f);
  if (call.d_scores != nullptr) call.show_gradients(cosine::backward(params, f, *call.d_scores));
  return f.scores;
}

Mat score_gaussian(const ScoringCall& call) {
  const gaussian::Params params{call.number({"w", ""})};
  const gaussian::Forward f = gaussian::forward(params, call.queries, call.keys);
  call.show(f);
  if (call.d_scores != nullptr) {
    call.show_gradients(gaussian::backward(params, call.queries, call.keys, f, *call.d_scores));
  }
  return f.scores;
}

Mat score_perceptron(const ScoringCall& call) {
  const perceptron::Params params{call.matrix({"W", "dq,dk"}), call.vector({"b", "dk"})};
  const perceptron::Forward f = perceptron::forward(params, call.queries, call.keys);
  call.show(f);
  if (call.d_scores != nullptr) {
    call.show_gradients(perceptron::backward(params, call.queries, call.keys, f, *call.d_scores));
  }
  return f.scores;
}

Mat score_location(const ScoringCall& call) {
  const location::Params params{call.matrix({"W_a", "Tk,dq"})};
  const location::Forward f = location::forward(params, call.queries);
  call.show(f);
  if (call.d_scores != nullptr) {
    call.show_gradients(location::backward(params, call.queries, f, *call.d_scores));
  }
  return f.scores;
}

}  // namespace

std::span<const ScoringFunction> scoring_functions() {
  static const std::vector<ScoringFunction> functions{
      {"dot",
       "Dot product",
       "s_ij = q_i . k_j",
       "Luong et al., section 3.1",
       "Multiply entry by entry and add up. Large where query and key point the same way, and the "
       "larger the longer they are. There is nothing to learn.",
       true,
       {},
       score_dot},
      {"scaled_dot",
       "Scaled dot product",
       scaled_dot_formula,
       "Vaswani et al., eq. (1)",
       "The same in the Transformer, which divides by the square root of the width: the chapter "
       "scaled-dot-product shows what for.",
       true,
       {},
       score_scaled_dot},
      {"general",
       "General, or bilinear",
       "s_ij = q_i^T W_a k_j",
       "Luong et al., section 3.1",
       "A learned matrix takes the query to the space of the keys; then comes the dot product. So "
       "the two may differ in width. With the identity for W_a it is the dot product.",
       false,
       {"W_a"},
       score_general},
      {"additive",
       "Additive",
       "s_ij = v_a^T tanh(W_a q_i + U_a k_j)",
       "Bahdanau et al., appendix A.1.2",
       "A small network: query and key each go to a hidden layer of width da, are added there, and "
       "tanh squeezes the sum into -1 to 1. v_a reads the layer out, so no score exceeds the sum "
       "of its absolute entries.",
       false,
       {"W_a", "U_a", "v_a"},
       score_additive},
      {"concat",
       "Concat",
       "s_ij = v_a^T tanh(W_a [q_i; k_j])",
       "Luong et al., section 3.1",
       "The same network, with the key written below the query and one matrix for both. Where "
       "W_a = [W U], the matrices of the additive function side by side, the scores are the same.",
       false,
       {"W_a", "v_a"},
       score_concat},
      {"cosine",
       "Cosine",
       "s_ij = beta (q_i . k_j) / (|q_i| |k_j|)",
       "Graves et al., eq. (5) and (6)",
       "Only the angle between query and key counts, not how long they are. Scores lie between "
       "-beta and beta, so beta says how sharp the weights can get. A zero vector has no direction "
       "and scores 0.",
       true,
       {},
       score_cosine},
      {"gaussian",
       "Gaussian kernel",
       "s_ij = -w^2 |q_i - k_j|^2 / 2",
       "Nadaraya 1964, Watson 1964",
       "The nearer the key, the higher the score; 0 is the best there is. The softmax of these "
       "scores is kernel regression, as in the chapter nadaraya-watson with bandwidth 1/w.",
       true,
       {},
       score_gaussian},
      {"perceptron",
       "Single-layer perceptron",
       "s_ij = (q_i W + b) . k_j",
       "Focusing on important features, section 4.1.2",
       "One layer takes the query to the width of the keys; the dot product with the key is the "
       "score. With b = 0 it is the general function. docs/errata.md tells what the article "
       "prints.",
       false,
       {"W", "b"},
       score_perceptron},
      {"location",
       "Location-based",
       "s_ij = (W_a q_i)_j",
       "Luong et al., eq. (8)",
       "Row j of W_a scores position j, whatever key stands there: the keys never enter. The "
       "matrix has as many rows as there are positions, so it fits one length only.",
       false,
       {"W_a"},
       score_location},
  };
  return functions;
}

}  // namespace attn::chapters
