/// Sequence to sequence without attention: an encoder reads the sentence, its last state is the
/// context, and a decoder says the other sentence from that alone.
/// Sutskever, Vinyals, Le, arXiv:1409.3215v3 (the context is only the decoder's first state);
/// Cho et al., arXiv:1406.1078v3 (it also enters each of the decoder's steps).
///
/// The cell (rnn, gru, lstm) is told by the type of its parameters.
/// Axes: T steps of the decoder, dy width of a target word's embedding, dh width of the context,
/// ds width of the decoder's state, V words.
#pragma once

#include <cmath>
#include <vector>

#include "attn/core/matmul.hpp"
#include "attn/mechanisms/decoding.hpp"
#include "attn/mechanisms/embedding.hpp"
#include "attn/mechanisms/readout.hpp"
#include "attn/mechanisms/recurrent.hpp"

namespace attn::seq2seq {

template <class Cell>
struct DecoderParams {
  Mat E;                // (V, dy)
  Cell cell;            // its inputs are (dy), or (dy + dh) where the context enters each step
  readout::Params out;  // W_o (V, ds), b_o (V)
  bool context_at_every_step = true;
};

/// One step: what went in, the state, the words' probabilities.
template <class Cell>
struct DecoderStep {
  std::size_t previous = 0;                             // the word before
  Vec embedded;                                         // (dy)
  Vec input;                                            // (dy) or (dy + dh), [E y_{t-1}; c]
  typename recurrent::Cell<Cell>::Projected projected;  // (1, ds) for each gate
  typename recurrent::Cell<Cell>::Forward cell;
  readout::Forward out;
  std::size_t word = 0;  // the most likely one

  bool complete() const { return is_complete(projected) && is_complete(cell) && is_complete(out); }
};

template <class Cell>
struct Decoded {
  recurrent::State start;
  std::vector<DecoderStep<Cell>> steps;

  /// The words that were chosen.
  std::vector<std::size_t> words() const {
    std::vector<std::size_t> words;
    for (const auto& step : steps) words.push_back(step.word);
    return words;
  }
};

/// The context as the decoder's steps see it.
template <class Cell>
Vec input_of(const DecoderParams<Cell>& params, const Vec& embedded, const Vec& context) {
  return params.context_at_every_step ? concatenated(embedded, context) : embedded;
}

/// Says words until `how` ends it. Where a result has not been written, as in an exercise, it ends
/// there, and that step is the last.
/// \throws ShapeError naming the tensor, its shape and the shape expected.
template <class Cell>
Decoded<Cell> decode(const DecoderParams<Cell>& params, const Vec& context,
                     const recurrent::State& start, const Decoding& how) {
  expect_words(how, rows(params.E));
  Decoded<Cell> f{start, {}};
  f.steps.reserve(how.most());
  recurrent::State state = start;
  for (std::vector<std::size_t> words; how.goes_on(words); words = f.words()) {
    DecoderStep<Cell>& now = f.steps.emplace_back();
    now.previous = how.previous(words);
    now.embedded = row(embedding::forward(params.E, {now.previous}), 0);  // E y_{t-1}
    now.input = input_of(params, now.embedded, context);                  // [E y_{t-1}; c]
    now.projected = project(params.cell, as_row(now.input));
    if (!is_complete(now.projected)) break;
    now.cell = step(params.cell, now.projected.at(0), state);
    if (!is_complete(now.cell)) break;
    state = now.cell.state();
    now.out = readout::forward(params.out, state.h);
    if (!is_complete(now.out)) break;
    now.word = most_likely(now.out.probabilities);
  }
  return f;
}

template <class Cell>
struct DecoderBackward {
  readout::Backward out;                   // d_W_o, d_b_o, d_states
  recurrent::SequenceBackward<Cell> cell;  // back through time
  Mat d_E;                                 // (V, dy)
  Vec d_context;                           // (dh), through the steps' inputs; 0 if it was in none
};

/// Back through the whole sentence.
/// \param d_logits dL/dlogits of each step (T, V)
template <class Cell>
DecoderBackward<Cell> decode_backward(const DecoderParams<Cell>& params, const Vec& context,
                                      const Decoded<Cell>& forward, const Mat& d_logits) {
  recurrent::Sequence<Cell> sequence{{}, {}, forward.start};
  std::vector<Vec> inputs;
  std::vector<std::size_t> previous;
  for (const DecoderStep<Cell>& step : forward.steps) {
    sequence.steps.push_back(step.cell);
    inputs.push_back(step.input);
    previous.push_back(step.previous);
  }
  DecoderBackward<Cell> b;
  b.d_context = zeros(context.size());
  b.out = readout::backward(params.out, sequence.states(), d_logits);
  if (!is_complete(b.out)) return b;
  b.cell = recurrent::backward(params.cell, stacked(inputs), sequence, b.out.d_states);
  if (!b.cell.complete(forward.steps.size())) return b;
  const std::size_t dy = cols(params.E);
  const Mat& d_inputs = b.cell.gradients.d_X;  // forward was: input_t = [E y_{t-1}; c]
  b.d_E = embedding::backward(params.E, previous, first_columns(d_inputs, dy));
  if (params.context_at_every_step) {
    b.d_context = sum_of_rows(last_columns(d_inputs, context.size()));
  }
  return b;
}

/// How far a change of each input reaches: |dh_T / dx_t|, the Frobenius norm of the Jacobian (T).
template <class Cell>
Vec reach(const Cell& params, const Mat& X, const recurrent::Sequence<Cell>& forward) {
  const std::size_t dh = forward.start.h.size();
  Vec squares = zeros(rows(X));
  for (std::size_t k = 0; k < dh; ++k) {
    Vec unit = zeros(dh);
    unit(k) = 1.0;
    const auto b = recurrent::backward(params, X, forward, zeros(rows(X), dh), {unit});
    if (!b.complete(rows(X))) return {};
    const Vec norms = row_norms(b.gradients.d_X);
    squares += norms * norms;
  }
  for (double& entry : squares) entry = std::sqrt(entry);
  return squares;
}

}  // namespace attn::seq2seq
