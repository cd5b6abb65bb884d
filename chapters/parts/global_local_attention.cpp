#include "chapters/parts/global_local_attention.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <type_traits>

#include "attn/core/vectors.hpp"
#include "chapters/parts/global_local_formulas.hpp"
#include "chapters/parts/global_local_words.hpp"
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

}  // namespace attn::chapters::luong_walk
