#include "chapters/parts/global_local_attention.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace attn::chapters::global_local {
namespace {

using luong_attention::Forward;
using luong_attention::Params;
using luong_attention::Reach;

/// Adds those fields of a result to the open step. \throws Unfinished after the first that has not
/// been computed.
template <class Result>
void some(trace::Builder& trace, const Result& result, const std::vector<std::string>& names,
          const std::string& prefix) {
  Result::each(result, [&](const Field& field, const auto& value) {
    if (std::find(names.begin(), names.end(), field.name) == names.end()) return;
    trace.tensor(field, value, prefix);
    if (!is_written(value)) throw Unfinished();
  });
}

const std::vector<std::string> window_fields{"window", "masked", "align",  "gaussian",
                                             "damped", "kept",   "weights"};

/// The intermediates of a score under its name ("t1.general.projected"), the scores as they are.
void add_scores(const std::string& score, const Forward& f, const std::string& prefix,
                trace::Builder& trace) {
  std::visit(
      [&](const auto& scored) {
        std::remove_cvref_t<decltype(scored)>::each(
            scored, [&](const Field& field, const auto& value) {
              trace.tensor(field, value, field.name == "scores" ? prefix : prefix + score + ".");
              if (!is_written(value)) throw Unfinished();
            });
      },
      f.score);
}

void add_position(const Forward& f, const std::string& prefix, trace::Builder& trace) {
  if (f.predicted) {
    trace.tensors(*f.predicted, prefix);
  } else {
    trace.tensor({"p", "Tq", "p_t = t, counted from 0", "section 3.2"}, f.p, prefix);
  }
}

void add_weights(const Forward& f, const std::string& prefix, trace::Builder& trace) {
  if (f.global) {
    some(trace, *f.global, {"weights"}, prefix);
  } else {
    some(trace, *f.local, window_fields, prefix);
  }
}

void add_context(const Forward& f, const std::string& prefix, trace::Builder& trace) {
  if (f.global) {
    some(trace, *f.global, {"context"}, prefix);
  } else {
    some(trace, *f.local, {"context"}, prefix);
  }
}

std::string formula_of(const std::string& score) {
  if (score == "dot") return "score(h_t, h_s) = h_t^T h_s";
  if (score == "general") return "score(h_t, h_s) = h_t^T W_a h_s";
  if (score == "concat") return "score(h_t, h_s) = v_a^T tanh(W_a [h_t; h_s])";
  return "a_t = softmax(W_a h_t)";
}

/// Whether the window holds the whole sentence, and what it is.
std::string about_window(const local::Options& window, std::size_t Tx) {
  const std::string width = fmt::format(
      "The window reaches D = {} to either side of p_t and is cut off at the ends of "
      "the sentence. ",
      window.D);
  if (window.D + 1 < Tx) return width;
  return width + fmt::format(
                     "It is wider than the sentence of {} words, so wherever it lies, it "
                     "hides little or nothing. ",
                     Tx);
}

std::string about_rest(const Params& params) {
  if (params.reach == Reach::local_m) return "Inside it, the softmax is that of global attention.";
  return fmt::format(
      "Inside it the softmax, as ever; then the Gaussian about p_t takes away from what is far. {}",
      params.window.renormalise
          ? "What it leaves is divided by its sum, so that the weights sum to 1 again."
          : "What it takes is lost: the weights sum to less than 1, as in the paper. "
            "options.renormalise would divide by their sum.");
}

void show_first(const Params& params, const std::string& score, const Forward& f, const At& at,
                trace::Builder& trace) {
  const std::string prefix = at.prefix();
  trace.step(prefix + "scores", "Step 1: compare the new state with every source state",
             score == "location"
                 ? "Here the source states do not enter: where to look follows from h_t alone."
                 : "Large where the two fit. It is h_t that asks, the state of this very step.",
             formula_of(score), score == "location" ? "eq. (8)" : "section 3.1");
  add_scores(score, f, prefix, trace);
  if (params.reach != Reach::global) {
    trace.step(prefix + "position", "Step 1: where the window lies",
               params.reach == Reach::local_m
                   ? "Word t of one sentence is taken to belong to word t of the other."
                   : "A small network looks at h_t and says how far along the sentence to look: "
                     "the sigmoid is a share of it, and S the number of its words. Positions are "
                     "0 to S-1.",
               params.reach == Reach::local_m ? "p_t = t" : "p_t = S sigmoid(v_p^T tanh(W_p h_t))",
               params.reach == Reach::local_m ? "section 3.2" : "eq. (9)");
    add_position(f, prefix + "position.", trace);
  }
  const bool global = params.reach == Reach::global;
  trace.step(prefix + "weights",
             global ? "Step 1: from scores to weights" : "Step 1: the weights inside the window",
             global ? "All words share a weight of 1."
                    : about_window(params.window, f.local ? cols(f.local->window) : 0) +
                          about_rest(params),
             global ? "a_t(s) = exp(score(h_t, h_s)) / sum_s' exp(score(h_t, h_s'))"
                    : (params.reach == Reach::local_m ? "a_t = align(h_t, h_s)"
                                                      : "a_t(s) = align(h_t, h_s) exp(-(s - p_t)^2 "
                                                        "/ (2 sigma^2)),  sigma = D/2"),
             params.reach == Reach::local_p ? "eq. (10)" : "eq. (7)");
  add_weights(f, prefix, trace);
  trace.step(prefix + "context", "Step 1: what is read",
             "The source states, each as much as its weight says.", "c_t = sum_s a_t(s) h_s",
             "section 3.1");
  add_context(f, prefix, trace);
  trace.step(prefix + "attentional", "Step 1: the attentional state",
             "What was read and what asked for it, side by side, through one layer. The word comes "
             "from this, not from h_t.",
             "h~_t = tanh(W_c [c_t; h_t])", "eq. (5)");
  trace.tensors(f.attentional, prefix);
}

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

}  // namespace

void name_axes(trace::Builder& trace) {
  for (const auto& [axis, shown] :
       std::vector<std::pair<std::string, std::string>>{{"Tq", "T"},
                                                        {"Tk", "Tx"},
                                                        {"dq", "ds"},
                                                        {"dk", "dh"},
                                                        {"dv", "dh"},
                                                        {"dq+dk", "ds+dh"},
                                                        {"V", "Vy"}}) {
    trace.rename(axis, shown);
  }
}

void show_orders(bool input_feeding, trace::Builder& trace) {
  trace.step(
      "orders", "Two orders: look and then step, or step and then look",
      std::string("Bahdanau's decoder looks at the source with the state before, s_{t-1}, and what "
                  "it reads goes into the new state. Luong's takes its step first, looks with the "
                  "new state h_t, and what it reads goes into h~_t beside it. The path is shorter, "
                  "but what was read is then lost to the next step. ") +
          (input_feeding ? "Input feeding mends that: h~_t goes into step t + 1 along with y_t."
                         : "Input feeding would mend that: h~_t would go into step t + 1. It is "
                           "switched off here."),
      "h_t -> a_t -> c_t -> h~_t -> y_t", "section 3.1");
  std::vector<std::string> lines{"Bahdanau                                                        ",
                                 "  source states h_s ────────┬──────┐",
                                 "                            v      v",
                                 "  s_{t-1} ──┬────────────> a_t ─> c_t ──┐",
                                 "            │                           v",
                                 "  y_{t-1} ──┴────────────────────────> s_t ───> y_t",
                                 "",
                                 "Luong",
                                 "  source states h_s ────────┬──────┐",
                                 "                            v      v",
                                 "  h_{t-1} ──┬─> h_t ──┬──> a_t ─> c_t ──┐",
                                 "            │         │                 v",
                                 "  y_{t-1} ──┘         └──────────────> h~_t ──> y_t"};
  lines.front() = "Bahdanau";
  if (input_feeding) {
    lines[11] += "";
    lines.emplace_back("  h~_{t-1} ─> (with y_{t-1}, into h_t)");
  }
  trace.drawing(lines);
}

void show_attention(const Params& params, const std::string& score, const Forward& forward,
                    const At& at, trace::Builder& trace) {
  trace.label("T", {at.word});
  if (at.t == 0) {
    show_first(params, score, forward, at, trace);
    return;
  }
  const std::string prefix = at.prefix();
  trace.step(prefix + "attention", fmt::format("Step {}: look, read, put together", at.t + 1), "",
             "h_t -> a_t -> c_t -> h~_t");
  add_scores(score, forward, prefix, trace);
  if (params.reach != Reach::global) add_position(forward, prefix + "position.", trace);
  add_weights(forward, prefix, trace);
  add_context(forward, prefix, trace);
  trace.tensors(forward.attentional, prefix);
}

void add_attention_backward(const std::string& score, const luong_attention::Backward& backward,
                            const std::string& prefix, trace::Builder& trace) {
  trace.tensors(backward.attentional, prefix);
  if (backward.global) trace.tensors(*backward.global, prefix);
  if (backward.local) trace.tensors(*backward.local, prefix);
  if (backward.predicted) trace.tensors(*backward.predicted, prefix + "position.");
  std::visit([&](const auto& b) { trace.tensors(b, prefix + score + "."); }, backward.score);
}

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
  trace.tensor({"scores", "T,score,Tx", "", "", Kind::score}, side_by_side(raw), "compare.");
  trace.tensor({"weights", "T,score,Tx", "softmax of each row of scores", "", Kind::weight},
               side_by_side(weights), "compare.");
}

void compare_reaches(const Params& params, bool with_position, const Mat& states,
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
  if (!global.global || !is_complete(*global.global)) return;
  keep(Reach::global, global);

  const std::string window = about_window(params.window, rows(annotations));
  const Forward monotonic = attend(Reach::local_m);
  trace.step("local_m", "local-m: about word t",
             window +
                 "p_t = t, counted from 0 as in the program; a window beyond the sentence is "
                 "empty, and then all weights are 0.",
             "p_t = t", "section 3.2");
  trace.tensor({"p", "Tq", "p_t = t"}, monotonic.p, "local_m.");
  some(trace, *monotonic.local, {"window", "masked", "weights"}, "local_m.");
  keep(Reach::local_m, monotonic);

  if (with_position) {
    const Forward predictive = attend(Reach::local_p);
    Params about = params;
    about.reach = Reach::local_p;
    trace.step("local_p", "local-p: about a word that h_t predicts", window + about_rest(about),
               "a_t(s) = align(h_t, h_s) exp(-(s - p_t)^2 / (2 sigma^2)),  sigma = D/2",
               "eq. (9), eq. (10)");
    add_position(predictive, "local_p.", trace);
    some(trace, *predictive.local, window_fields, "local_p.");
    keep(Reach::local_p, predictive);
  }
  trace.label("reach", names);
  trace.step("compare_reaches", "Global and local side by side, on the same states",
             "The scores are the same in each row. What differs is which of them may be seen, and "
             "in local-p what is left of the weights.");
  trace.tensor({"weights", "T,reach,Tx", "", "", Kind::weight}, side_by_side(weights), "reach.");
}

}  // namespace attn::chapters::global_local
