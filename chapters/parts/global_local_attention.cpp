#include "chapters/parts/global_local_attention.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <type_traits>

#include "attn/core/vectors.hpp"
#include "chapters/parts/global_local_formulas.hpp"
#include "chapters/parts/seen.hpp"

namespace attn::chapters::luong_walk {
namespace {

using luong_attention::Forward;
using luong_attention::Params;
using luong_attention::Reach;

/// Adds fields of results to the open step. After the first step of the decoder they are shown
/// without their formulas, which leaves room for two side by side.
class Adder {
 public:
  Adder(trace::Builder& trace, std::string prefix, bool brief)
      : trace_(trace), prefix_(std::move(prefix)), brief_(brief) {}

  /// \throws Unfinished after the first that has not been computed.
  template <class Result>
  void all(const Result& result, const std::string& deeper = "") const {
    Result::each(result, [&](const Field& field, const auto& value) { one(field, value, deeper); });
  }

  /// The fields of a backward pass, in Luong's letters.
  template <class Result>
  void back(const Result& result, const std::string& part, const std::string& deeper = "") const {
    Result::each(result, [&](Field field, const auto& value) {
      const std::string_view own = backward_formula(part, field.name);
      if (!own.empty()) field.formula = own;
      one(field, value, deeper);
    });
  }

  template <class Result>
  void some(const Result& result, const std::vector<std::string>& names) const {
    Result::each(result, [&](const Field& field, const auto& value) {
      if (std::find(names.begin(), names.end(), field.name) != names.end()) one(field, value);
    });
  }

  template <class Value>
  void one(Field field, const Value& value, const std::string& deeper = "") const {
    if (brief_) field.formula = "";
    trace_.tensor(field, value, prefix_ + deeper);
    if (!is_written(value)) throw Unfinished();
  }

 private:
  trace::Builder& trace_;
  std::string prefix_;
  bool brief_;
};

/// The formulas of the scores are those of queries and keys; here they have the paper's letters.
std::string_view in_the_papers_letters(std::string_view field) {
  if (field == "projected") return "h_t^T W_a";
  if (field == "concatenated") return "[h_t; h_s]";
  if (field == "hidden") return "tanh(W_a [h_t; h_s])";
  return "";
}

/// The intermediates of a score under its name ("t1.general.projected"), the scores as they are.
void add_scores(const std::string& score, const Forward& f, const Adder& add) {
  const auto each = [&](Field field, const auto& value) {
    field.formula = in_the_papers_letters(field.name);
    add.one(field, value, field.name == "scores" ? "" : score + ".");
  };
  std::visit([&](const auto& scored) { std::decay_t<decltype(scored)>::each(scored, each); },
             f.score);
}

void add_position(const Forward& f, const Adder& add) {
  if (f.predicted) {
    add.all(*f.predicted, "position.");
  } else {
    add.one({"p", "Tq", "p_t = t, counted from 0"}, f.p, "position.");
  }
}

void add_weights(const Params& params, const Forward& f, const Adder& add) {
  if (f.global) {
    add.one({"weights", "Tq,Tk", "softmax of the scores", "", Kind::weight}, f.global->weights);
    return;
  }
  add.some(*f.local, {"window", "masked", "align", "gaussian", "damped", "kept"});
  add.one({"weights", "Tq,Tk", params.window.renormalise ? "damped / kept" : "damped, as it is", "",
           Kind::weight},
          f.local->weights);
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
  return width + fmt::format("The sentence has {}: with p_t from 0 to {} it hides none. ",
                             counted(Tx, "word", "words"), Tx - 1);
}

std::string about_rest(const Params& params) {
  if (params.reach == Reach::local_m)
    return "Inside it a softmax as in global attention, over these words alone.";
  return fmt::format(
      "Inside it the softmax, the exponential of each score over the sum of all; then the Gaussian "
      "about p_t takes away from what is far. {}",
      params.window.renormalise
          ? "What it leaves, if anything, is divided by its sum, so that the weights sum to 1."
          : "What it takes is lost: the weights sum to 1 at most, as in the paper. "
            "options.renormalise would divide by their sum.");
}

void show_first(const Params& params, const std::string& score, const Forward& f, const At& at,
                trace::Builder& trace) {
  const std::string prefix = at.prefix();
  const Adder add(trace, prefix, false);
  trace.step(prefix + "scores", "Step 1: compare the new state with every source state",
             score == "location"
                 ? "Here the source states do not enter: where to look follows from h_t alone."
                 : "Large where the two fit. It is h_t that asks, the state of this very step.",
             formula_of(score), score == "location" ? "eq. (8)" : "section 3.1");
  add_scores(score, f, add);
  if (params.reach != Reach::global) {
    trace.step(prefix + "position", "Step 1: where the window lies",
               params.reach == Reach::local_m
                   ? "Word t of one sentence is taken to belong to word t of the other."
                   : "A small network looks at h_t and says how far along the sentence to look: "
                     "the sigmoid is a share of it, and S the number of its words. Positions are "
                     "0 to S-1.",
               params.reach == Reach::local_m ? "p_t = t" : "p_t = S sigmoid(v_p^T tanh(W_p h_t))",
               params.reach == Reach::local_m ? "section 3.2" : "eq. (9)");
    add_position(f, add);
  }
  const bool global = params.reach == Reach::global;
  trace.step(
      prefix + "weights",
      global ? "Step 1: from scores to weights" : "Step 1: the weights inside the window",
      global
          ? "The softmax: the exponential of each score, over the sum of all of them. So all words "
            "share a weight of 1."
          : about_window(params.window, f.local ? cols(f.local->window) : 0) + about_rest(params),
      global ? "a_t(s) = exp(score(h_t, h_s)) / sum_s' exp(score(h_t, h_s'))"
             : (params.reach == Reach::local_m ? "a_t = align(h_t, h_s)"
                                               : "a_t(s) = align(h_t, h_s) exp(-(s - p_t)^2 "
                                                 "/ (2 sigma^2)),  sigma = D/2"),
      params.reach == Reach::local_p ? "eq. (10)" : "eq. (7)");
  add_weights(params, f, add);
  trace.step(prefix + "context", "Step 1: what is read",
             "The source states, each as much as its weight says.", "c_t = sum_s a_t(s) h_s",
             "section 3.1");
  add.one({"context", "Tq,dv"}, f.context());
  trace.step(prefix + "attentional", "Step 1: the attentional state",
             "What was read and what asked for it, side by side, through one layer. The word comes "
             "from this, not from h_t.",
             "h~_t = tanh(W_c [c_t; h_t])", "eq. (5)");
  add.all(f.attentional);
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

/// The first row of each variant: (variants, Tx).
Mat first_of(const std::vector<Mat>& all) {
  std::vector<Vec> rows;
  for (const Mat& one : all) rows.push_back(row(one, 0));
  return stacked(rows);
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
  std::vector<std::string> lines{"Bahdanau",
                                 "  source states h_s ─────────┬──────┐",
                                 "                             v      v",
                                 "  s_{t-1}  ──┬────────────> a_t ─> c_t ──┐",
                                 "             │                           v",
                                 "  y_{t-1}  ──┴────────────────────────> s_t ───> y_t",
                                 "",
                                 "Luong",
                                 "  source states h_s ─────────┬──────┐",
                                 "                             v      v",
                                 "  h_{t-1}  ──┬─> h_t ──┬──> a_t ─> c_t ──┐",
                                 "             │         │                 v",
                                 "  y_{t-1}  ──┘         └──────────────> h~_t ──> y_t"};
  if (input_feeding) {
    lines[11] = "  y_{t-1}  ──┤         │                 v";
    lines[12] = "  h~_{t-1} ──┘         └──────────────> h~_t ──> y_t";
  }
  trace.drawing(lines);
}

void show_attention(const Params& params, const std::string& score, const Forward& forward,
                    const At& at, trace::Builder& trace) {
  trace.label("t", {at.word});
  if (at.t == 0) {
    show_first(params, score, forward, at, trace);
    return;
  }
  const Adder add(trace, at.prefix(), true);
  add_scores(score, forward, add);
  if (params.reach != Reach::global) add_position(forward, add);
  add_weights(params, forward, add);
  add.one({"context", "Tq,dv"}, forward.context());
  add.all(forward.attentional);
}

void add_attention_backward(const std::string& score, const luong_attention::Backward& backward,
                            const std::string& prefix, bool brief, trace::Builder& trace) {
  const Adder add(trace, prefix, brief);
  add.all(backward.attentional);
  if (backward.global) add.back(*backward.global, "pooling");
  if (backward.local) add.back(*backward.local, "local");
  if (backward.predicted) add.back(*backward.predicted, "predicted", "position.");
  std::visit([&](const auto& b) { add.back(b, score, score + "."); }, backward.score);
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
