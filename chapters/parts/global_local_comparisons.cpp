#include "chapters/parts/global_local_comparisons.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "attn/core/vectors.hpp"
#include "chapters/parts/global_local_words.hpp"

namespace attn::chapters::luong_walk {
namespace {

using luong_attention::Forward;
using luong_attention::Params;
using luong_attention::Reach;

/// What each variant makes of each state: (T, variants, Tx).
Ten3 side_by_side(const std::vector<Mat>& all) {
  Ten3 stack = zeros(rows(all.front()), all.size(), cols(all.front()));
  for (std::size_t v = 0; v < all.size(); ++v) {
    for (std::size_t t = 0; t < rows(all[v]); ++t) {
      for (std::size_t s = 0; s < cols(all[v]); ++s) stack(t, v, s) = all[v](t, s);
    }
  }
  return stack;
}

/// The first row of each variant: (variants, Tx).
Mat first_of(const std::vector<Mat>& all) {
  std::vector<Vec> rows;
  for (const Mat& one : all) rows.push_back(row(one, 0));
  return stacked(rows);
}

}  // namespace

void compare_scores(const std::vector<NamedScore>& scores, const std::string& left_out,
                    const Mat& states, const Mat& annotations, trace::Builder& trace) {
  std::vector<std::string> names;
  std::vector<Mat> raw;
  std::vector<Mat> weights;
  for (const NamedScore& score : scores) {
    const luong_score::Forward f = luong_score::forward(score.params, states, annotations);
    if (!luong_score::complete(f)) continue;  // the others do not depend on it
    const pooling::Forward pooled =
        pooling::forward(luong_score::scores(f), annotations,
                         Mask(Mask::shape_type{rows(states), rows(annotations)}, true));
    if (!is_complete(pooled)) return;
    names.push_back(score.name);
    raw.push_back(luong_score::scores(f));
    weights.push_back(pooled.weights);
  }
  if (names.empty()) return;
  trace.label("score", names);
  trace.step("compare_scores", "The scores side by side, on the same states",
             fmt::format("For each word that was said, a row for each score: the same h_t, the "
                         "same source states. Each has parameters of its own, except dot.{}{}",
                         left_out.empty() ? "" : " ", left_out),
             "dot h_t^T h_s · general h_t^T W_a h_s · concat v_a^T tanh(W_a [h_t; h_s]) · location "
             "W_a h_t",
             "section 3.1");
  trace.tensor({"scores", "score,Tx", "of h_1, the first state", "", Kind::score}, first_of(raw),
               "compare.");
  trace.tensor({"weights", "T,score,Tx", "softmax of each row of scores", "", Kind::weight},
               side_by_side(weights), "compare.");
}

std::string compare_reaches(const Params& params, bool with_position, const Mat& states,
                            const Mat& annotations, trace::Builder& trace) {
  std::vector<std::string> names;
  std::vector<Mat> weights;
  const auto attend = [&](Reach reach) {
    Params other = params;
    other.reach = reach;
    return luong_attention::forward(other, states, annotations, 0);
  };
  const auto keep = [&](Reach reach, const Forward& f) {
    names.push_back(name_of(reach));
    weights.push_back(f.weights());
  };
  const Forward global = attend(Reach::global);
  if (!global.global || !is_complete(*global.global)) return "";
  keep(Reach::global, global);

  const std::string window = about_window(params.window, rows(annotations));
  const Forward monotonic = attend(Reach::local_m);
  trace.step("local_m", "local-m: the window lies about word t",
             window +
                 "Inside it the softmax, and outside it nothing. Positions are counted from "
                 "0; should a window lie beyond the sentence, all its weights are 0.",
             "p_t = t", "section 3.2");
  // Names of their own: these are not results of steps, which `t1.window` and the like show.
  trace.tensor({"local_m_p", "Tq", "p_t = t"}, monotonic.p);
  trace.tensor({"local_m_window", "Tq,Tk", "1 where |s - centre| <= D", "", Kind::mask},
               monotonic.local->window);
  if (!is_complete(*monotonic.local)) throw Unfinished();
  keep(Reach::local_m, monotonic);

  if (with_position) {
    const Forward predictive = attend(Reach::local_p);
    Params about = params;
    about.reach = Reach::local_p;
    trace.step("local_p", "local-p: the window lies where h_t says", window + about_rest(about),
               "a_t(s) = align(h_t, h_s) exp(-(s - p_t)^2 / (2 sigma^2)),  sigma = D/2",
               "eq. (9), eq. (10)");
    if (!predictive.local) throw Unfinished();
    trace.tensor({"local_p_p", "Tq", "p_t = S sigmoid(v_p^T tanh(W_p h_t))"}, predictive.p);
    trace.tensor({"local_p_window", "Tq,Tk", "1 where |s - centre| <= D", "", Kind::mask},
                 predictive.local->window);
    trace.tensor({"local_p_gaussian", "Tq,Tk", "exp(-(s - p_t)^2 / (2 sigma^2)),  sigma = D/2", "",
                  Kind::weight},
                 predictive.local->gaussian);
    trace.tensor({"local_p_kept", "Tq", "the sum of what remains"}, predictive.local->kept);
    if (!is_complete(*predictive.local)) throw Unfinished();
    keep(Reach::local_p, predictive);
  }
  trace.label("reach", names);
  trace.step("compare_reaches", "Global and local side by side, on the same states",
             fmt::format("The weights that remain. The scores are the same in each row; what "
                         "differs is which of them may be seen{}.",
                         with_position ? ", and in local-p what the Gaussian leaves" : ""));
  trace.tensor({"weights", "T,reach,Tx", "", "", Kind::weight}, side_by_side(weights), "reach.");

  double least = 1.0, most = 0.0;  // of global attention's weights inside the windows of local-m
  for (std::size_t t = 0; t < rows(states); ++t) {
    double inside = 0.0;
    for (std::size_t s = 0; s < rows(annotations); ++s) {
      if (monotonic.local->window(t, s)) inside += weights.front()(t, s);
    }
    least = std::min(least, inside);
    most = std::max(most, inside);
  }
  return fmt::format(
      " Of the weight of 1 that global attention spreads on the same states, local-m's windows "
      "hold "
      "between {:.4f} and {:.4f}.",
      least, most);
}

}  // namespace attn::chapters::luong_walk
