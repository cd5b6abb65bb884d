#include "chapters/parts/captioning_backward.hpp"

#include "attn/core/vectors.hpp"
#include "attn/mechanisms/show_attend_tell_backward.hpp"
#include "attn/training/cross_entropy.hpp"

namespace attn::chapters::captioning {
namespace {

namespace sat = show_attend_tell;

class Back {
 public:
  Back(const Inputs& in, const sat::Caption& caption, const doubly_stochastic::Forward& penalty,
       trace::Builder& trace)
      : in_(in), caption_(caption), penalty_(penalty), trace_(trace) {}

  void show() {
    const std::vector<std::size_t>& wanted = in_.wanted(caption_.words);
    std::vector<Vec> logits;
    for (std::size_t t = 0; t < wanted.size(); ++t) {
      logits.push_back(cross_entropy::backward(caption_.steps[t].output.probabilities, wanted[t]));
    }
    const Mat d_logits = stacked(logits);
    trace_.step("d_logits", "Back through the softmax",
                "What was said, minus what should have been: each probability, and 1 less for the "
                "right word.",
                "d_logits = p - onehot(y_t)");
    trace_.tensor({"d_logits", "T,Vy"}, d_logits);
    Mat d_weights;
    if (in_.lambda != 0.0) {
      trace_.step("penalty.backward", "Back through the penalty",
                  "A location that got too little is pulled up, one that got too much is pushed "
                  "down. It does not matter which word looks "
                  "there: all rows are the same.");
      const doubly_stochastic::Backward b =
          doubly_stochastic::backward(caption_.weights(), in_.lambda, penalty_);
      trace_.tensors(b, "penalty.");
      d_weights = b.d_weights;
    }
    const sat::Backward b = sat::backward(in_.params, in_.features, caption_, d_logits, d_weights);
    show_through_time(b);
    if (!b.complete) throw Unfinished();
    show_looks_backward(b);
    show_gradients(b);
  }

 private:
  /// A part of each word's backward pass that is a matrix of one row, as rows.
  static Mat rows_over_time(const sat::Backward& b, Mat sat::StepBackward::*part) {
    std::vector<Vec> all;
    for (const sat::StepBackward& step : b.steps) {
      if ((step.*part).size() == 0) throw Unfinished();
      all.push_back(row(step.*part, 0));
    }
    return stacked(all);
  }

  void show_through_time(const sat::Backward& b) {
    std::vector<lstm::Backward> cells;
    std::vector<context_gate::Backward> gates;
    std::vector<Vec> contexts;
    for (const sat::StepBackward& step : b.steps) {
      cells.push_back(step.cell);
      gates.push_back(step.gate);
      contexts.push_back(step.d_context);
    }
    trace_.step("lstm.backward", "Back through time",
                "From the last word to the first: a state gets a gradient from its own word, from "
                "the gate and the scores of the next, and from the next step of the LSTM.");
    trace_.tensors_over_time<lstm::Backward>(cells, "T", "lstm.");
    if (in_.params.gate) {
      trace_.step("gate.backward", "Back through the gate",
                  "A shut gate lets no gradient through to the image either.");
      trace_.tensors_over_time<context_gate::Backward>(gates, "T", "gate.");
    }
    trace_.step(
        "context.backward", "Back to the weights and the scores",
        in_.look.how == sat::Look::How::soft
            ? "Through the weighted mean every weight gets a gradient: soft attention learns "
              "where to look as it learns everything else."
            : "The choice does not move when a weight moves a little, so the words give the "
              "weights no gradient. What stands here is the penalty's. How hard attention "
              "learns all the same is what the study shows.");
    if (!in_.params.gate) trace_.tensor({"d_context", "T,dv"}, stacked(contexts));
    trace_.tensor({"d_weights", "T,L", "d loss / d alpha_ti, and the penalty's part"},
                  rows_over_time(b, &sat::StepBackward::d_weights));
    trace_.tensor({"d_scores", "T,L", "d loss / d e_ti"},
                  rows_over_time(b, &sat::StepBackward::d_scores));
  }

  /// What a feature would get if the gradients of the contexts came to the hard looks.
  void show_looks_backward(const sat::Backward& b) {
    const Mat weights = caption_.weights();
    std::vector<Vec> contexts;
    for (const sat::StepBackward& step : b.steps) contexts.push_back(step.d_context);
    trace_.step(
        "looks.backward", "What a hard look gives back",
        "Had the looks been hard: each word's gradient goes to the one feature that it saw, "
        "all of it, and none to the weights.");
    const hard_argmax::Forward argmax = hard_argmax::forward(weights, in_.features);
    trace_.tensors(hard_argmax::backward(argmax, stacked(contexts)), "hard_argmax.");
    if (!in_.has_seed) return;
    const hard_sample::Forward sample =
        hard_sample::forward(weights, in_.features, first_entries(in_.draws, rows(weights)));
    trace_.tensors(hard_sample::backward(sample, stacked(contexts)), "hard_sample.");
  }

  void show_gradients(const sat::Backward& b) {
    trace_.step("start.backward", "Back to the first state, and to the mean", "");
    trace_.tensors(b.start, "start.");
    trace_.step("gradients", "The features and the parameters",
                "Each parameter was used at every word, so its gradients add up.");
    trace_.tensors(b.gradients);
    if (in_.params.gate) trace_.tensors(b.gate, "gradients.");
    trace_.step("lstm.gradients", "The parameters of the LSTM",
                "The columns of W are those for the word before and then those for the context.");
    trace_.rename("dx", "dy+dv");
    trace_.tensors(b.cell, "lstm.");
  }

  const Inputs& in_;
  const sat::Caption& caption_;
  const doubly_stochastic::Forward& penalty_;
  trace::Builder& trace_;
};

}  // namespace

void show_backward(const Inputs& in, const sat::Caption& caption,
                   const doubly_stochastic::Forward& penalty, trace::Builder& trace) {
  Back(in, caption, penalty, trace).show();
}

}  // namespace attn::chapters::captioning
