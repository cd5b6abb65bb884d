#include "chapters/parts/bahdanau_gradients.hpp"
#include "chapters/parts/encoder_start.hpp"

#include "attn/core/vectors.hpp"
#include "attn/mechanisms/embedding.hpp"
#include "chapters/parts/bahdanau_shown.hpp"
#include "chapters/parts/encoder_start.hpp"

namespace attn::chapters {
namespace {

using bahdanau::StepBackward;

/// Something of each step (a vector, or a matrix of one row), as rows.
template <class Get>
Mat rows_of(const std::vector<StepBackward>& steps, Get&& get) {
  std::vector<Vec> rows;
  for (const StepBackward& step : steps) rows.push_back(get(step));
  return stacked(rows);
}

template <class Part>
std::vector<Part> parts_of(const std::vector<StepBackward>& steps, Part StepBackward::*part) {
  std::vector<Part> parts;
  for (const StepBackward& step : steps) parts.push_back(step.*part);
  return parts;
}

/// What every step adds to the gradients of a GRU. \param t the step's letter \param input what
/// goes in \param state the state before
std::vector<Formula> gradient_formulas(const gru::Params& params, const std::string& t,
                                       const std::string& input, const std::string& state) {
  const bool before = params.reset == gru::Reset::before;
  const std::string of = "_" + t, sum = "sum_" + t + " d_", in = of + " (" + input + ")^T",
                    past = of + " " + state + "^T";
  return {
      {"d_W_z", sum + "u^z" + in},
      {"d_W_r", sum + "u^r" + in},
      {"d_W", sum + "u" + in},
      {"d_U_z", sum + "u^z" + past},
      {"d_U_r", sum + "u^r" + past},
      {"d_U", before ? sum + "u" + of + " (r" + of + " * " + state + ")^T" : sum + "inner" + past},
      {"d_b_z", sum + "u^z" + of},
      {"d_b_r", sum + "u^r" + of},
      {"d_b", sum + "u" + of},
      {"d_b_u", sum + (before ? "u" : "inner") + of},
      {"d_X", "W_z^T d_u^z" + of + " + W_r^T d_u^r" + of + " + W^T d_u" + of}};
}

void show_output(const rnnsearch::Backward& back, bahdanau::ReadoutState reads, const Mat& d_logits,
                 trace::Builder& trace) {
  trace.step("d_logits", "Back through the softmax",
             "What was said, minus what should have been: each probability, and 1 less for the "
             "right word.",
             "d_logits_i = p_i - onehot(y_i)");
  trace.tensor({"d_logits", "Ty,Vy"}, d_logits);
  trace.rename("T", "Ty");
  trace.rename("ds", "l");
  trace.step(
      "output.gradients", "Back through the output",
      "All steps at once. Of each pair of maxout units only the larger went on (of equal ones "
      "the first), and the other gets 0 back.",
      "", "appendix A.2.2");
  show(back.output,
       std::vector<Formula>{{"d_W_o", "sum_i d_logits_i t_i^T"},
                            {"d_b_o", "sum_i d_logits_i"},
                            {"d_states", "W_o^T d_logits_i", "d_t"}},
       "output.", trace);
  trace.rename("ds", "ds");
  trace.rename("dc", "dh+dh");
  const std::string state = reads == bahdanau::ReadoutState::current ? "s_i" : "s_{i-1}";
  show(back.deep,
       std::vector<Formula>{{"d_U_o", "dU_o = sum_i dt~_i " + state + "^T"},
                            {"d_states", "U_o^T dt~_i, to " + state}},
       "output.", trace);
}

/// In which `state` is the state before.
std::vector<Formula> cell_formulas(const gru::Params& params, const std::string& state) {
  const bool before = params.reset == gru::Reset::before;
  const bool takes_new = params.update == gru::Update::takes_new;
  const std::string d_state = "d_" + state;
  return {
      {"d_candidate", (takes_new ? "z * " : "(1 - z) * ") + d_state},
      {"d_z",
       (takes_new ? "(candidate - " + state + ") * " : "(" + state + " - candidate) * ") + d_state},
      {"d_x", "d_u = d_candidate (1 - candidate^2)"},
      {"d_inner", before ? "U^T d_u" : "r * d_u"},
      {"d_r", before ? state + " * d_inner" : "inner * d_u"},
      {"d_x_z", "d_u^z = d_z z (1 - z)"},
      {"d_x_r", "d_u^r = d_r r (1 - r)"},
      {"d_h_previous", "to " + state + " by way of the GRU"}};
}

void show_time(const rnnsearch::Backward& back, const gru::Params& cell, trace::Builder& trace) {
  trace.step("decoder.time", "Back through time",
             "From the last step to the first. A state gets something from the output that read "
             "it, from the GRU of the next step, and from the alignment of the next step, whose "
             "query it was. In the formulas, s is the state before, and d_s what comes to the new "
             "one.",
             "d_s_{i-1} = through the GRU + W_a^T d_q_i + from the output");
  trace.rename("dh", "ds");
  trace.tensor({"d_s", "Ty,ds", "all that comes to s_i"},
               rows_of(back.steps, [](const StepBackward& step) { return step.d_s; }));
  if (back.steps.size() > 0) {
    show_over_time(parts_of(back.steps, &StepBackward::cell), cell_formulas(cell, "s"), "Ty",
                   "decoder.", trace);
  }
  trace.rename("dh", "dh");
  show_over_time(parts_of(back.steps, &StepBackward::context), {}, "Ty", "", trace);
}

void show_attention(const rnnsearch::Backward& back, trace::Builder& trace) {
  const auto row_of = [](const Mat& m) { return m.size() == 0 ? Vec{} : row(m, 0); };
  trace.step("attention.gradients", "Back through the weights and the scores",
             "At each step: how much each weight mattered, then each score, then the query. The "
             "weights learn because the whole path can be differentiated.");
  trace.tensor({"d_weights", "Ty,Tx", "h_j . d_c_i"}, rows_of(back.steps, [&](const auto& step) {
                 return row_of(step.attention.d_weights);
               }));
  trace.tensor(
      {"d_scores", "Ty,Tx", "alpha_ij (d_alpha_ij - sum_k alpha_ik d_alpha_ik)"},
      rows_of(back.steps, [&](const auto& step) { return row_of(step.attention.d_scores); }));
  trace.tensor({"d_q", "Ty,da", "sum_j d_hidden_ij (1 - hidden_ij^2)"},
               rows_of(back.steps, [&](const auto& step) { return row_of(step.alignment.d_q); }));
  trace.tensor(
      {"d_query", "Ty,ds", "W_a^T d_q_i, to s_{i-1}"},
      rows_of(back.steps, [&](const auto& step) { return row_of(step.alignment.d_queries); }));
  show_over_time(parts_of(back.steps, &StepBackward::previous), {}, "Ty", "", trace);
}

void show_decoder(const rnnsearch::Backward& back, const gru::Params& cell, trace::Builder& trace) {
  trace.step("start.gradients", "Back to the start", "s_0 was made of <-h_1.",
             "d_sum = d_s_0 (1 - s_0^2)");
  show(back.start, {}, "decoder.", trace);
  trace.step("alignment.gradients", "The gradients of the alignment's parameters",
             "Every step used the same parameters, so what comes back adds up over the steps.");
  trace.tensor({"d_v_a", "da", "sum_ij d_e_ij hidden_ij"}, back.d_v_a, "alignment.");
  trace.tensor({"d_W_a", "da,ds", "sum_i d_q_i s_{i-1}^T"}, back.d_W_a, "alignment.");
  trace.tensor({"d_k", "Tx,da", "d(U_a h_j), summed over the steps"}, back.d_k, "alignment.");
  trace.rename("dk", "dh+dh");
  show(back.keys,
       std::vector<Formula>{{"d_U_a", "sum_j d(U_a h_j) h_j^T"}, {"d_keys", "U_a^T d(U_a h_j)"}},
       "alignment.", trace);
  trace.step("decoder.gradients", "The gradients of the decoder's parameters",
             "Sums over the steps. d_X is what comes to the words through the gates.");
  trace.rename("dh", "ds");
  trace.rename("dx", "dy");
  show(back.cell, gradient_formulas(cell, "i", "E y_{i-1}", "s_{i-1}"), "decoder.", trace);
  trace.rename("dh", "dh");
  trace.rename("dx", "dx");
  show(back.contexts, {}, "decoder.", trace);
  trace.tensor({"d_E", "Vy,dy", "row w: what came to it where y_{i-1} was w"}, back.d_E,
               "decoder.");
}

void show_direction(const recurrent::SequenceBackward<gru::Params>& back, const gru::Params& params,
                    bool turn, const std::string& way, trace::Builder& trace) {
  const std::string prefix = "encoder." + way + ".";
  trace.rename("T", "Tx");
  trace.step(prefix + "time", "Back through the encoder that read " + way,
             turn ? "Its last step was the first word, so it begins there."
                  : "From the last word to the first.");
  show_over_time(turn ? turned(back.steps) : back.steps, cell_formulas(params, "h"), "Tx", prefix,
                 trace);
  trace.step(prefix + "gradients", "The gradients of its parameters", "");
  gru::Gradients gradients = back.gradients;
  if (turn && is_written(gradients.d_X)) gradients.d_X = reversed_rows(gradients.d_X);
  show(gradients, gradient_formulas(params, "j", "x_j", turn ? "h_{j+1}" : "h_{j-1}"), prefix,
       trace);
}

}  // namespace

void show_bahdanau_gradients(const BahdanauRun& run, trace::Builder& trace) {
  const rnnsearch::Backward back =
      rnnsearch::backward(run.model.decoder, run.annotations, run.decoded, run.d_logits);
  trace.rename("dh", "dh");
  show_output(back, run.model.decoder.readout_state, run.d_logits, trace);
  show_time(back, run.model.decoder.cell, trace);
  show_attention(back, trace);
  show_decoder(back, run.model.decoder.cell, trace);
  trace.step("annotations.gradients", "All that comes back to the annotations",
             "An annotation was averaged into every context, compared with every query, and the "
             "first one's second half made s_0. So each word hears from each step, by a way that "
             "does not grow with the distance.",
             "d_h_j = sum_i alpha_ij d_c_i + U_a^T d(U_a h_j), and W_s^T d_sum to <-h_1");
  trace.tensor({"d_values", "Tx,dh+dh", "sum_i alpha_ij d_c_i"}, back.d_values);
  trace.tensor({"d_annotations", "Tx,dh+dh", "all three"}, back.d_annotations);
  if (!back.complete()) throw Unfinished();

  const auto encoder = recurrent::backward_both(run.model.ahead, run.model.back, run.X, run.encoded,
                                                back.d_annotations);
  show_direction(encoder.ahead, run.model.ahead, false, "forward", trace);
  show_direction(encoder.back, run.model.back, true, "backward", trace);
  trace.step("words.gradients", "Back to the words of the source",
             "Both directions read the same vectors. A word's row gets what all its places got.");
  trace.tensor({"d_embedded", "Tx,dx", "from both directions"}, encoder.d_X());
  trace.tensor({"d_E", "Vx,dx", "row w: the sum where word j is w"},
               embedding::backward(run.model.E, run.sentences.source_numbers, encoder.d_X()),
               "encoder.");
  show_encoder_start_gradients(run.config, ahead_inputs, "encoder.forward.", encoder.ahead.d_start,
                               trace);
  show_encoder_start_gradients(run.config, back_inputs, "encoder.backward.", encoder.back.d_start,
                               trace);
}

}  // namespace attn::chapters
