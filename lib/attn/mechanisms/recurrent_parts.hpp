/// What the recurrent cells share: the state, checks of their parameters, results over time as
/// matrices.
#pragma once

#include <string_view>
#include <vector>

#include "attn/core/tensor.hpp"
#include "attn/core/vectors.hpp"

namespace attn::recurrent {

/// What a cell hands on from one time step to the next.
struct State {
  Vec h;    // (dh)
  Vec c{};  // (dh), the memory of an LSTM; empty for the others
};

/// \throws ShapeError if X (T, dx) has an empty axis: a sequence has at least one step.
void expect_sequence(const Mat& X);

/// The parameters of one gate, with their names.
struct Gate {
  std::string_view W_name;
  const Mat& W;  // (dh, dx)
  std::string_view U_name;
  const Mat& U;  // (dh, dh)
  std::string_view b_name;
  const Vec& b;  // (dh)
};

/// \throws ShapeError naming the tensor, its shape and the shape expected.
void expect_gate(const Gate& gate, std::size_t dh, std::size_t dx);

/// \throws ShapeError unless the vector is as long as a state.
void expect_state(std::string_view name, const Vec& v, std::size_t dh);

/// A field of each step's result, as the rows of a matrix (T, dh).
template <class Result>
Mat over_time(const std::vector<Result>& steps, Vec Result::*field) {
  std::vector<Vec> rows;
  rows.reserve(steps.size());
  for (const Result& step : steps) rows.push_back(step.*field);
  return stacked(rows);
}

}  // namespace attn::recurrent
