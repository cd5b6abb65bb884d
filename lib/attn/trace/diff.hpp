/// The one comparison engine: the first step and cell in which a trace is not what was expected.
///
/// `attn check`, `attn diff` and grading are this with three sources of expectation.
#pragma once

#include <limits>
#include <optional>

#include "attn/trace/trace.hpp"

namespace attn::trace {

/// What one tensor must be. A cell agrees when |got - expected| <= absolute + relative *
/// |expected|; infinities must be equal, and NaN agrees with NaN.
struct Expectation {
  std::string tensor;
  std::vector<std::size_t> shape;
  std::vector<double> values;
  double absolute = 1e-9;
  double relative = 0.0;
  std::string source;  ///< where the numbers come from
  std::string place;   ///< where they are written: "file:line:column"
};

/// The first disagreement.
struct Difference {
  enum class What {
    missing,  ///< the trace has no tensor of that name, or no step of that id
    absent,   ///< the tensor is there, but it has not been computed
    shape,    ///< it has another shape
    value,    ///< a number differs
    extra,    ///< a tensor or a step that nothing was expected of
  };
  What what = What::value;
  std::string step;     ///< id of the step that holds the tensor; empty if no step does
  std::string tensor;   ///< empty if it is the step itself that is missing or extra
  std::string nearest;  ///< missing: what the trace has instead that is called much the same
  std::vector<std::string> axes;   ///< of the tensor, as far as they are known
  std::vector<std::size_t> cell;   ///< value: the first cell that differs, counted from 0
  std::vector<std::string> names;  ///< value: for each axis the label of the cell's entry, or ""
  double expected = 0.0, got = 0.0, allowed = 0.0;  ///< value: of that cell
  std::size_t differing = 0, cells = 0;             ///< how many of the tensor's cells disagree
  std::vector<std::size_t> expected_shape, got_shape;
  std::string source, place;  ///< of the expectation
};

/// How closely traces must agree.
struct Tolerance {
  double absolute = 1e-12;
  double relative = 1e-12;
};

/// The first expectation, in the order of the trace's steps, that the trace does not meet. An
/// expectation for a tensor that the trace does not have comes before all others.
/// \throws std::invalid_argument if a shape and the number of its values contradict each other.
std::optional<Difference> first_difference(const Trace& got,
                                           const std::vector<Expectation>& expected);

/// The first difference between two traces, in the order of `expected`; steps and tensors that
/// only `got` has come last. Words (titles, formulas, labels) are not compared.
/// \throws std::invalid_argument if a shape and the number of its values contradict each other.
std::optional<Difference> first_difference(const Trace& got, const Trace& expected,
                                           const Tolerance& tolerance);

/// Every tensor that a trace has computed, as an expectation, in the order of its steps.
std::vector<Expectation> expectations_of(const Trace& trace, const Tolerance& tolerance);

}  // namespace attn::trace
