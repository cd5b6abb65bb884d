/// A recurrent cell over a sequence, in one direction or in both. For the cells rnn, gru and lstm,
/// which are told apart by the type of their parameters.
///
/// Axes: T time steps, dx input width, dh state width.
#pragma once

#include <vector>

#include "attn/core/complete.hpp"
#include "attn/core/ops.hpp"
#include "attn/core/shape_error.hpp"
#include "attn/core/vectors.hpp"
#include "attn/mechanisms/gru.hpp"
#include "attn/mechanisms/lstm.hpp"
#include "attn/mechanisms/recurrent_parts.hpp"
#include "attn/mechanisms/rnn.hpp"

namespace attn::recurrent {

/// The types that belong to a cell, by the type of its parameters.
template <class Params>
struct Cell;
template <>
struct Cell<rnn::Params> {
  using Projected = rnn::Projected;
  using Forward = rnn::Forward;
  using Backward = rnn::Backward;
  using Gradients = rnn::Gradients;
  static State start(const rnn::Params& params) { return {zeros(rows(params.U))}; }
};
template <>
struct Cell<gru::Params> {
  using Projected = gru::Projected;
  using Forward = gru::Forward;
  using Backward = gru::Backward;
  using Gradients = gru::Gradients;
  static State start(const gru::Params& params) { return {zeros(rows(params.U))}; }
};
template <>
struct Cell<lstm::Params> {
  using Projected = lstm::Projected;
  using Forward = lstm::Forward;
  using Backward = lstm::Backward;
  using Gradients = lstm::Gradients;
  static State start(const lstm::Params& params) {
    return {zeros(rows(params.U_i)), zeros(rows(params.U_i))};
  }
};

/// The state of zeros with which a sequence usually starts.
template <class Params>
State zero_state(const Params& params) {
  return Cell<Params>::start(params);
}

/// What each step computed.
template <class Params>
struct Sequence {
  typename Cell<Params>::Projected inputs;            // (T, dh) for each gate
  std::vector<typename Cell<Params>::Forward> steps;  // T of them
  State start;

  /// h_1 to h_T, the rows of a matrix (T, dh).
  Mat states() const { return over_time(steps, &Cell<Params>::Forward::h); }

  /// The state before step t, counted from 0.
  State before(std::size_t t) const { return t == 0 ? start : steps[t - 1].state(); }

  State last() const { return before(steps.size()); }

  /// h_0 to h_{T-1} (T, dh).
  Mat states_before() const {
    std::vector<Vec> rows;
    for (std::size_t t = 0; t < steps.size(); ++t) rows.push_back(before(t).h);
    return stacked(rows);
  }

  /// No step lacks a result. \param T how many there should be
  bool complete(std::size_t T) const {
    return is_complete(inputs) && steps.size() == T && is_complete(steps.back());
  }
};

/// X (T, dx). Where a result has not been written, as in an exercise, it ends there.
/// \throws ShapeError naming the tensor, its shape and the shape expected; also for empty axes.
template <class Params>
Sequence<Params> forward(const Params& params, const Mat& X, const State& start) {
  Sequence<Params> f{project(params, X), {}, start};
  State state = start;
  for (std::size_t t = 0; t < rows(X) && is_complete(f.inputs); ++t) {
    f.steps.push_back(step(params, f.inputs.at(t), state));
    if (!is_complete(f.steps.back())) break;
    state = f.steps.back().state();
  }
  return f;
}

template <class Params>
struct SequenceBackward {
  std::vector<typename Cell<Params>::Backward> steps;  // T of them, in the order of time
  typename Cell<Params>::Gradients gradients;
  State d_start;

  bool complete(std::size_t T) const {
    return steps.size() == T && is_complete(steps.front()) && is_complete(gradients);
  }
};

/// Back through time.
/// \param d_states dL/dh_t for each t (T, dh), from outside the sequence
/// \param d_last   what comes to the last state besides, as from a decoder that it starts; its
///                 parts may be empty
/// \throws ShapeError if d_states is not (T, dh).
template <class Params>
SequenceBackward<Params> backward(const Params& params, const Mat& X,
                                  const Sequence<Params>& forward, const Mat& d_states,
                                  const State& d_last = {}) {
  const std::size_t T = forward.steps.size();
  expect_shape("d_states", shape_of(d_states), {T, forward.start.h.size()}, "T,dh",
               "one row for each state");
  SequenceBackward<Params> b;
  b.steps.resize(T);
  State d_state = d_last;
  for (std::size_t t = T; t-- > 0;) {
    const Vec from_outside = row(d_states, t);
    d_state.h = d_state.h.size() == 0 ? from_outside : Vec(d_state.h + from_outside);
    b.steps[t] = step_backward(params, forward.before(t), forward.steps[t], d_state);
    if (!is_complete(b.steps[t])) {
      b.steps.erase(b.steps.begin(), b.steps.begin() + static_cast<std::ptrdiff_t>(t));
      return b;
    }
    d_state = b.steps[t].d_previous();
  }
  b.d_start = d_state;
  b.gradients = gradients(params, X, forward.states_before(), forward.steps, b.steps);
  return b;
}

/// The same sequence read from both ends.
template <class Params>
struct Bidirectional {
  Sequence<Params> ahead;  // from the first to the last
  Sequence<Params> back;   // from the last to the first: its steps[0] read the last row of X

  /// [->h_t; <-h_t] (T, 2 dh): what is before position t, and what is after it.
  Mat annotations() const {
    const Mat a = ahead.states();
    const Mat b = reversed_rows(back.states());
    Mat both = zeros(rows(a), cols(a) + cols(b));
    for (std::size_t t = 0; t < rows(a); ++t) {
      const Vec pair = concatenated(row(a, t), row(b, t));
      std::copy(pair.begin(), pair.end(), both.data() + t * cols(both));
    }
    return both;
  }

  bool complete(std::size_t T) const { return ahead.complete(T) && back.complete(T); }
};

/// \param start_ahead, start_back the state before the first word, and that behind the last
template <class Params>
Bidirectional<Params> forward_both(const Params& ahead, const Params& back, const Mat& X,
                                   const State& start_ahead, const State& start_back) {
  return {forward(ahead, X, start_ahead), forward(back, reversed_rows(X), start_back)};
}

template <class Params>
Bidirectional<Params> forward_both(const Params& ahead, const Params& back, const Mat& X) {
  return forward_both(ahead, back, X, zero_state(ahead), zero_state(back));
}

template <class Params>
struct BidirectionalBackward {
  SequenceBackward<Params> ahead, back;

  /// X got gradients from both directions (T, dx).
  Mat d_X() const { return ahead.gradients.d_X + reversed_rows(back.gradients.d_X); }
};

/// \param d_annotations dL/d[->h_t; <-h_t] (T, 2 dh)
template <class Params>
BidirectionalBackward<Params> backward_both(const Params& ahead, const Params& back, const Mat& X,
                                            const Bidirectional<Params>& forward,
                                            const Mat& d_annotations) {
  const std::size_t dh = cols(d_annotations) / 2;
  return {backward(ahead, X, forward.ahead, first_columns(d_annotations, dh)),
          backward(back, reversed_rows(X), forward.back,
                   reversed_rows(last_columns(d_annotations, dh)))};
}

}  // namespace attn::recurrent
