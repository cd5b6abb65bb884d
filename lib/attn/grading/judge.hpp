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
  /// What the submission computed: from right numbers before it, or, where nobody can give it any
  /// (a program in another language), from its own.
  trace::Tensor got;
  /// From its own: `got`, and what the reference computes from the same (perhaps wrong) numbers
  /// before it. Not there if that could not be found out.
  std::optional<std::pair<trace::Tensor, trace::Tensor>> alone{};
  /// What each known mistake of the step computes where this result starts, by name. Only the first
  /// wrong results of a step are compared with known mistakes.
  std::vector<std::pair<std::string, trace::Tensor>> mistakes{};
  /// From its own numbers, and those before it have a wrong shape, or are too poor to tell
  /// anything.
  bool after_useless = false;
  std::string stopped{};                ///< what stopped the program in this step, or ""
  const trace::Trace* known = nullptr;  ///< the right trace of the case, where it is at hand
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
  std::string stopped;         ///< what stopped the program in this step, or ""
  std::string diagnosis;       ///< what its wrong numbers have in common, or ""
};

/// How closely numbers must agree: sums may run in another order.
inline constexpr trace::Tolerance closeness{1e-9, 1e-9};

/// Do two results agree? A result with NaN agrees with nothing.
bool agree(const trace::Tensor& got, const trace::Tensor& right);

/// A step is done if each of its results, in every case, is right, or is proven to do the right
/// thing with wrong numbers; wrong if one of them is not right, or stops the program; and else not
/// written.
///
/// A result from wrong numbers is proven if it is what the reference computes from the same
/// numbers, and these tell something: numbers that are alike in every cell, or nearly so, or that
/// have only two values where there should be more, prove nothing. Of zeros everything is zero.
///
/// A step of which there is no evidence is not written; whoever asks leaves out steps that no case
/// reaches.
JudgedStep judge(const Step& step, std::span<const Evidence> evidence);

/// Do the numbers have too little in them to prove anything?
bool says_little(const trace::Tensor& got, const trace::Tensor& right);

}  // namespace attn::grading
