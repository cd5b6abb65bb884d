/// Which steps of an assignment are right: what was computed against what is right, step by step.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "attn/grading/assignment.hpp"
#include "attn/grading/report/result.hpp"
#include "attn/trace/diff.hpp"
#include "attn/trace/trace.hpp"

namespace attn::grading {

/// One result of one case.
struct Evidence {
  std::string step;      ///< "scaled_dot.scores"
  std::string in_case;   ///< "03"
  std::string shown_in;  ///< the step of the trace that shows it
  trace::Tensor right;   ///< what the reference computes
  trace::Tensor got;     ///< what the submission computed, with its own results before it
  /// The step by itself. In a student's tree: what it computes from the right results before it,
  /// and what it should. In a batch: `got`, and what the reference computes from the same (perhaps
  /// wrong) results before it. Not there if that could not be found out.
  std::optional<std::pair<trace::Tensor, trace::Tensor>> alone;
  /// What each known mistake of the step computes where `alone` starts, by name. In a batch only
  /// the first wrong results of a step are compared with known mistakes.
  std::vector<std::pair<std::string, trace::Tensor>> mistakes{};
  /// What comes before it has a wrong shape, so that nobody can tell what would be right.
  bool after_wrong_shape = false;
};

/// The first wrong result of a step.
struct Fault {
  std::string in_case;
  trace::Difference difference;  ///< of the step by itself
};

struct JudgedStep {
  StepResult result;           ///< without its words
  bool unclear = false;        ///< written, but too little could be said of it
  std::optional<Fault> fault;  ///< of a wrong step
};

/// How closely numbers must agree: sums may run in another order.
inline constexpr trace::Tolerance closeness{1e-9, 1e-9};

/// Do two results agree? A result with NaN agrees with nothing.
bool agree(const trace::Tensor& got, const trace::Tensor& right);

/// A step is wrong if it is in some case; not written if in some case it has no result at all; and
/// done if it is right in some case and wrong in none. Right is what the reference computes, or
/// what it computes from the same wrong results before it: an error is carried forward. But numbers
/// that are alike in every cell, or nearly so, or that have only two values where there should be
/// more, carry nothing: a step with nothing to do is no proof. And what is right must not be the
/// exception: where more results are unclear than right, a step is not done. Else a submission that
/// can do one easy case could spoil its first results in all others.
JudgedStep judge(const Step& step, std::span<const Evidence> evidence);

}  // namespace attn::grading
