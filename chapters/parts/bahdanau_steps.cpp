#include "chapters/parts/bahdanau_steps.hpp"

#include <fmt/format.h>

#include "chapters/parts/alignment_seen.hpp"
#include "chapters/parts/seen.hpp"

namespace attn::chapters {
namespace {

std::string at(std::size_t i) { return fmt::format("t{}.", i + 1); }

}  // namespace

void BahdanauSteps::show_step(const bahdanau::Step& now, std::size_t i) const {
  trace_.label("Tq", {label_of(now, i)});
  if (i == 0)
    first_step(now);
  else
    later_step(now, i);
}

/// The word that step i should say, as far as it is known.
std::string BahdanauSteps::label_of(const bahdanau::Step& now, std::size_t i) const {
  const bool forced = sentences_.decoding.forced();
  if (!forced && !now.complete()) return "?";
  return sentences_.word(forced ? sentences_.decoding.target[i] : now.word);
}

/// The five moves, one after the other.
void BahdanauSteps::first_step(const bahdanau::Step& now) const {
  trace_.step("t1.scores", "Step 1, first move: alignment scores",
              "How well does each annotation fit what comes next? The query is the state BEFORE "
              "the step, s_0: the word to be said is not known yet. A small network compares it "
              "with each annotation.",
              "e_1j = v_a^T tanh(W_a s_0 + U_a h_j)", "section 3.1 and appendix A.1.2");
  show_scores(now, 0);
  trace_.step(
      "t1.weights", "Second move: the softmax makes weights of the scores",
      "The exponential of each score, over the sum of all of them: numbers from 0 to 1 that "
      "sum to 1. So much does each source word count for this step.",
      "alpha_1j = exp(e_1j) / sum_k exp(e_1k)", "eq. (6)");
  show_weights(now, 0);
  trace_.step("t1.context", "Third move: the context",
              "The annotations, averaged with these weights. Each step has a context of its own, "
              "where a plain encoder and decoder have one vector for all.",
              "c_1 = sum_j alpha_1j h_j", "eq. (5)");
  show_context(now, 0);
  trace_.step("t1.state", "Fourth move: the next state",
              fmt::format("A GRU makes s_1 of three things: the state s_0, the word before, which "
                          "is {} at the start, and the context. In the formulas, s on the right "
                          "is the state before.",
                          sentences_.word(now.previous)),
              "s_1 = f(s_0, y_0, c_1)", "appendix A.2.2");
  show_state(now, 0);
  trace_.step("t1.output",
              now.complete() ? fmt::format("And the output: {}", sentences_.word(now.word))
                             : "And the output",
              fmt::format("State, word before and context meet in one layer; of each pair of its "
                          "units the larger goes on (maxout). Then a score for each word, and "
                          "the softmax.{}",
                          now.complete() ? " " + what_is_said(now, 0) : ""),
              "p(y_1) = g(y_0, s_1, c_1)", "eq. (4) and appendix A.2.2");
  show_output(now, 0);
}

/// Fifth move: repeat.
void BahdanauSteps::later_step(const bahdanau::Step& now, std::size_t i) const {
  const std::string n = std::to_string(i + 1);
  const std::string title =
      now.complete() ? fmt::format("Step {}: {}", n, sentences_.word(now.word)) : "Step " + n;
  std::string prose = fmt::format("After {}. ", sentences_.word(now.previous));
  if (i == 1) {
    prose = fmt::format(
        "The fifth move is to repeat the four. The query is now s_1, and the word "
        "before is {}, so other annotations may fit. ",
        sentences_.word(now.previous));
  }
  if (now.complete()) prose += what_is_said(now, i);
  trace_.step("t" + n, title, prose);
  show_scores(now, i);
  show_weights(now, i);
  show_context(now, i);
  show_state(now, i);
  show_output(now, i);
}

std::string BahdanauSteps::what_is_said(const bahdanau::Step& now, std::size_t i) const {
  const double p = now.output.probabilities(now.word);
  const auto& weights = now.attention.weights;
  const Largest most = largest_of(weights);
  const std::string where =
      most.as_large == 1
          ? fmt::format("at {} most ({:.2f})", word_in(sentences_.source, most.column), most.value)
          : fmt::format("at {} places alike ({:.2f})", most.as_large, most.value);
  std::string text = fmt::format("The decoder looks {} and says {} (p = {:.4f}).", where,
                                 sentences_.word(now.word), p);
  if (sentences_.decoding.forced()) {
    const std::size_t target = sentences_.decoding.target[i];
    text += fmt::format(" The target has {} here (p = {:.4f}), and that goes into the next step.",
                        sentences_.word(target), now.output.probabilities(target));
  }
  return text;
}

/// Formulas stand beside the first step alone: the others are as it is.
template <class Result>
void BahdanauSteps::show_at(const Result& result, std::size_t i,
                            const std::vector<Formula>& formulas) const {
  show(result, i == 0 ? formulas : without_formulas(formulas), at(i), trace_);
}

void BahdanauSteps::show_scores(const bahdanau::Step& now, std::size_t i) const {
  show_at(now.alignment, i,
          {{"q", "W_a s_0"}, {"hidden", "tanh(q + U_a h_j)"}, {"scores", "e_1j"}});
}

void BahdanauSteps::show_weights(const bahdanau::Step& now, std::size_t i) const {
  const Mat& weights = now.attention.weights;
  trace_.tensor({"weights", "Tq,Tk", i == 0 ? "alpha_1j" : "", "", Kind::weight}, weights, at(i));
  if (!is_written(weights)) throw Unfinished();
}

void BahdanauSteps::show_context(const bahdanau::Step& now, std::size_t i) const {
  const Mat& context = now.attention.context;
  trace_.tensor({"context", "Tq,dv", i == 0 ? "c_1" : ""}, context, at(i));
  if (!is_written(context)) throw Unfinished();
}

void BahdanauSteps::show_state(const bahdanau::Step& now, std::size_t i) const {
  const bool before = decoder_.cell.reset == gru::Reset::before;
  const bool takes_new = decoder_.cell.update == gru::Update::takes_new;
  trace_.tensor({"embedded", "dy", i == 0 ? "E y_0" : ""}, now.embedding, at(i));
  show_at(now.outside, i,
          {{"x_z", "u^z = W_z E y + C_z c + b_z"},
           {"x_r", "u^r = W_r E y + C_r c + b_r"},
           {"x", "u = W E y + C c + b"}});
  show_at(now.cell, i,
          {{"z", "sigmoid(u^z + U_z s)"},
           {"r", "sigmoid(u^r + U_r s)"},
           {"inner", before ? "r * s" : "U s + b_u"},
           {"past", before ? "U inner + b_u" : "r * inner"},
           {"candidate", "tanh(u + past)"},
           {"h", takes_new ? "(1 - z) * s + z * candidate" : "z * s + (1 - z) * candidate", "s"}});
}

void BahdanauSteps::show_output(const bahdanau::Step& now, std::size_t i) const {
  const bool current = decoder_.readout_state == bahdanau::ReadoutState::current;
  show_at(
      now.deep, i,
      {{"t_tilde", current ? "U_o s_1 + V_o E y + C_o c + b_t" : "U_o s_0 + V_o E y + C_o c + b_t"},
       {"t", "the larger of each pair"}});
  show_at(now.output, i, {{"logits", "W_o t + b_o"}, {"probabilities", "softmax(logits)"}});
}

}  // namespace attn::chapters
