#include "attn/mechanisms/rnnsearch.hpp"

#include "attn/core/complete.hpp"
#include "attn/core/shape_error.hpp"
#include "attn/core/vectors.hpp"
#include "attn/mechanisms/embedding.hpp"

namespace attn::rnnsearch {
namespace {

using bahdanau::Step;
using bahdanau::StepBackward;

/// <-h_1: on its way back the encoder has read the whole sentence when it comes to the first word.
Vec first_backward_state(const Mat& annotations) {
  return last_entries(row(annotations, 0), cols(annotations) / 2);
}

void expect_annotations(const Params& params, const Mat& annotations) {
  expect_nonempty("annotations", shape_of(annotations), "Tx,dh+dh");
  expect_shape("annotations", shape_of(annotations),
               {rows(annotations), 2 * cols(params.start.W_s)}, "Tx,dh+dh",
               "two states of the encoder, each as wide as W_s");
}

/// Something of each step, as rows.
template <class Get>
Mat rows_of(const std::vector<Step>& steps, Get&& get) {
  std::vector<Vec> rows;
  rows.reserve(steps.size());
  for (const Step& step : steps) rows.push_back(get(step));
  return stacked(rows);
}

/// The states before each step (Ty, ds).
Mat states_before(const Forward& forward) {
  std::vector<Vec> states;
  for (std::size_t i = 0; i < forward.steps.size(); ++i) states.push_back(forward.state_before(i));
  return stacked(states);
}

/// The steps one after the other, from the last to the first, and what they add up.
/// \return dL/ds_0
Vec through_time(const Params& params, const Mat& annotations, const Forward& forward,
                 Backward& b) {
  const std::size_t Ty = forward.steps.size();
  const bool reads_current = params.readout_state == bahdanau::ReadoutState::current;
  b.d_W_a = zeros(rows(params.alignment.W_a), cols(params.alignment.W_a));
  b.d_v_a = zeros(params.alignment.v_a.size());
  b.d_k = zeros(rows(annotations), rows(params.alignment.U_a));
  b.d_values = zeros(rows(annotations), cols(annotations));
  b.steps.resize(Ty);
  Vec d_s = zeros(rows(params.cell.U));  // to s_i, from the steps after it
  for (std::size_t i = Ty; i-- > 0;) {
    const Vec d_read = row(b.deep.d_states, i);  // to s_i or s_{i-1}, from the output
    if (reads_current) d_s += d_read;
    b.steps[i] = step_backward(params, annotations, forward.state_before(i), forward.steps[i], d_s,
                               row(b.deep.d_contexts, i));
    if (!b.steps[i].complete()) {
      b.steps.erase(b.steps.begin(), b.steps.begin() + static_cast<std::ptrdiff_t>(i));
      return {};
    }
    b.d_W_a += b.steps[i].alignment.d_W_a;
    b.d_v_a += b.steps[i].alignment.d_v_a;
    b.d_k += b.steps[i].alignment.d_k;
    b.d_values += b.steps[i].attention.d_values;
    d_s = b.steps[i].previous.d_s_previous;
    if (!reads_current) d_s += d_read;
  }
  return d_s;
}

}  // namespace

Vec Forward::state_before(std::size_t i) const { return i == 0 ? start.s_0 : steps[i - 1].cell.h; }

std::vector<std::size_t> Forward::words() const {
  std::vector<std::size_t> words;
  for (const Step& step : steps) words.push_back(step.word);
  return words;
}

Mat Forward::alignment() const {
  return rows_of(steps, [](const Step& step) { return row(step.attention.weights, 0); });
}

bool Forward::complete() const { return !steps.empty() && steps.back().complete(); }

Forward decode(const Params& params, const Mat& annotations, const Decoding& how) {
  expect_words(how, rows(params.E));
  expect_annotations(params, annotations);
  Forward decoding{initial_state::forward(params.start, first_backward_state(annotations)), {}, {}};
  if (!is_complete(decoding.start)) return decoding;
  decoding.keys = additive::project(params.alignment, annotations);  // once for all steps
  if (!is_complete(decoding.keys)) return decoding;
  for (std::vector<std::size_t> words; how.goes_on(words); words = decoding.words()) {
    const Vec s = decoding.state_before(words.size());
    decoding.steps.push_back(
        bahdanau::step(params, annotations, decoding.keys, s, how.previous(words)));
    Step& now = decoding.steps.back();
    if (!now.complete()) break;
    now.word = most_likely(now.output.probabilities);
  }
  return decoding;
}

bool Backward::complete() const { return d_annotations.size() > 0; }

Backward backward(const Params& params, const Mat& annotations, const Forward& forward,
                  const Mat& d_logits) {
  const std::vector<Step>& steps = forward.steps;
  expect_shape("d_logits", shape_of(d_logits), {steps.size(), rows(params.E)}, "Ty,Vy",
               "one row for each step");
  const Mat before = states_before(forward);
  const Mat after = rows_of(steps, [](const Step& step) { return step.cell.h; });
  const Mat embeddings = rows_of(steps, [](const Step& step) { return step.embedding; });
  const Mat contexts = rows_of(steps, [](const Step& step) { return step.context(); });
  const Mat t_tilde = rows_of(steps, [](const Step& step) { return step.deep.t_tilde; });
  const Mat t = rows_of(steps, [](const Step& step) { return step.deep.t; });
  const bool reads_current = params.readout_state == bahdanau::ReadoutState::current;
  std::vector<std::size_t> previous;
  std::vector<gru::Forward> cells;
  for (const Step& step : steps) {
    previous.push_back(step.previous);
    cells.push_back(step.cell);
  }

  // The output: no step needs what another got back from it, so all are done at once.
  Backward back;
  back.output = readout::backward(params.output, t, d_logits);
  if (!is_complete(back.output)) return back;
  back.deep = maxout::backward(params.deep, {reads_current ? after : before, embeddings, contexts},
                               t_tilde, back.output.d_states);
  if (!is_complete(back.deep)) return back;

  // The states: one step after the other.
  const Vec d_s_0 = through_time(params, annotations, forward, back);
  if (back.steps.size() < steps.size()) return back;
  back.start = initial_state::backward(params.start, first_backward_state(annotations),
                                       forward.start, d_s_0);
  if (!is_complete(back.start)) return back;

  // What all steps used.
  back.keys = additive::project_backward(params.alignment, annotations, back.d_k);
  if (!is_complete(back.keys)) return back;
  std::vector<gru::Backward> d_cells;
  for (const StepBackward& step : back.steps) d_cells.push_back(step.cell);
  back.cell = gru::gradients(params.cell, embeddings, before, cells, d_cells);
  if (!is_complete(back.cell)) return back;
  back.contexts = bahdanau::context_gradients(contexts, d_cells);
  if (!is_complete(back.contexts)) return back;

  // An embedding went to the gates and to the output; an annotation was a value and a key, and the
  // first began the decoding.
  const Mat d_embeddings = back.cell.d_X + back.deep.d_embeddings;
  back.d_E = embedding::backward(params.E, previous, d_embeddings);
  back.d_annotations = back.d_values + back.keys.d_keys;
  const std::size_t dh = back.start.d_h.size();
  for (std::size_t d = 0; d < dh; ++d) back.d_annotations(0, dh + d) += back.start.d_h(d);
  return back;
}

}  // namespace attn::rnnsearch
