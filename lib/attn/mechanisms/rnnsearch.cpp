#include "attn/mechanisms/rnnsearch.hpp"

#include "attn/core/complete.hpp"
#include "attn/core/ops.hpp"
#include "attn/core/shape_error.hpp"
#include "attn/core/vectors.hpp"

namespace attn::rnnsearch {
namespace {

using bahdanau::Step;
using bahdanau::StepBackward;

/// A vector of each step, as rows.
template <class Steps, class Get>
Mat rows_of(const Steps& steps, Get&& get) {
  std::vector<Vec> rows;
  for (const auto& step : steps) rows.push_back(get(step));
  return stacked(rows);
}

/// The embedding of a word is a row of E: what comes back to it reaches that row.
Mat to_rows_of_words(const std::vector<Step>& steps, const Mat& d_embeddings, std::size_t Vy) {
  Mat d_E = zeros(Vy, cols(d_embeddings));
  for (std::size_t i = 0; i < steps.size(); ++i) {
    for (std::size_t d = 0; d < cols(d_E); ++d) d_E(steps[i].previous, d) += d_embeddings(i, d);
  }
  return d_E;
}

/// What one step adds to the sums over time.
void add_up(Backward& sums, const StepBackward& step) {
  sums.d_k += step.alignment.d_k;
  sums.d_W_a += step.alignment.d_W_a;
  sums.d_v_a += step.alignment.d_v_a;
  sums.d_W_o += step.output.d_W_o;
  sums.d_b_o += step.output.d_b_o;
  sums.d_annotations += step.attention.d_values;
}

}  // namespace

Vec Forward::state_before(std::size_t i) const {
  return i == 0 ? initial.s_0 : steps[i - 1].cell.h;
}

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
  Forward decoding{bahdanau::initial(params, annotations), {}, {}};
  if (!is_complete(decoding.initial)) return decoding;
  decoding.keys = additive::project(params.alignment, annotations);
  if (!is_complete(decoding.keys)) return decoding;
  std::vector<std::size_t> words;
  while (how.goes_on(words)) {
    const Vec s = decoding.state_before(words.size());
    decoding.steps.push_back(
        bahdanau::step(params, annotations, decoding.keys, s, how.previous(words)));
    Step& now = decoding.steps.back();
    if (!now.complete()) break;
    now.word = most_likely(now.output.probabilities);
    words.push_back(now.word);
  }
  return decoding;
}

bool Backward::complete(std::size_t Ty) const {
  return steps.size() == Ty && is_complete(initial) && is_complete(keys) && is_complete(cell) &&
         is_complete(contexts) && is_complete(deep) && is_written(d_annotations);
}

Backward backward(const Params& params, const Mat& annotations, const Forward& forward,
                  const Mat& d_logits) {
  const std::vector<Step>& steps = forward.steps;
  const std::size_t Ty = steps.size();
  expect_shape("d_logits", shape_of(d_logits), {Ty, rows(params.E)}, "Ty,Vy",
               "one row for each step");
  Backward sums;
  sums.d_k = zeros(rows(annotations), rows(params.alignment.U_a));
  sums.d_W_a = zeros(rows(params.alignment.W_a), cols(params.alignment.W_a));
  sums.d_v_a = zeros(params.alignment.v_a.size());
  sums.d_W_o = zeros(rows(params.output.W_o), cols(params.output.W_o));
  sums.d_b_o = zeros(params.output.b_o.size());
  sums.d_annotations = zeros(rows(annotations), cols(annotations));

  // One step after the other, from the last to the first.
  sums.steps.resize(Ty);
  Vec d_s = zeros(rows(params.W_s));  // to s_i, from the steps after it
  for (std::size_t i = Ty; i-- > 0;) {
    sums.steps[i] = step_backward(params, annotations, forward.state_before(i), steps[i],
                                  row(d_logits, i), d_s);
    if (!sums.steps[i].complete()) {
      sums.steps.erase(sums.steps.begin(), sums.steps.begin() + static_cast<std::ptrdiff_t>(i));
      return sums;
    }
    add_up(sums, sums.steps[i]);
    d_s = sums.steps[i].state.d_s_previous;
  }

  // What each step used is the same at all of them.
  sums.initial = initial_backward(params, annotations, forward.initial, d_s);
  if (!is_complete(sums.initial)) return sums;
  sums.keys = additive::project_backward(params.alignment, annotations, sums.d_k);
  if (!is_complete(sums.keys)) return sums;
  const Mat embeddings = rows_of(steps, [](const Step& step) { return step.embedding; });
  const Mat contexts = rows_of(steps, [](const Step& step) { return step.context(); });
  std::vector<Vec> before, read;
  std::vector<gru::Forward> cells;
  std::vector<gru::Backward> back;
  for (std::size_t i = 0; i < Ty; ++i) {
    before.push_back(forward.state_before(i));
    cells.push_back(steps[i].cell);
    back.push_back(sums.steps[i].cell);
    read.push_back(params.readout_state == bahdanau::ReadoutState::current ? steps[i].cell.h
                                                                           : before.back());
  }
  sums.cell = gru::gradients(params.cell, embeddings, stacked(before), cells, back);
  if (!is_complete(sums.cell)) return sums;
  sums.contexts = bahdanau::context_gradients(contexts, back);
  if (!is_complete(sums.contexts)) return sums;
  sums.deep = maxout::gradients(
      {stacked(read), embeddings, contexts},
      rows_of(sums.steps, [](const StepBackward& step) { return step.deep.d_t_tilde; }));
  if (!is_complete(sums.deep)) return sums;

  // A word's embedding went to the gates and to the output.
  const Mat d_embeddings = sums.cell.d_X + rows_of(sums.steps, [](const StepBackward& step) {
                             return step.deep.d_embedding;
                           });
  sums.d_E = to_rows_of_words(steps, d_embeddings, rows(params.E));

  // An annotation was a value (above) and a key; the first began the decoding.
  sums.d_annotations += sums.keys.d_keys;
  const std::size_t dh = sums.initial.d_h_1.size();
  for (std::size_t d = 0; d < dh; ++d) sums.d_annotations(0, dh + d) += sums.initial.d_h_1(d);
  return sums;
}

}  // namespace attn::rnnsearch
