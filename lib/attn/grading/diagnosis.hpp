/// What wrong numbers have in common: a sentence for a mistake that no table knows.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "attn/trace/trace.hpp"

namespace attn::grading {

/// One result in which a step is wrong, and what it may be compared with. It refers to tensors that
/// somebody else keeps.
struct Observation {
  const trace::Tensor& got;
  const trace::Tensor& right;
  /// What the step's known mistakes compute here, by name.
  std::span<const std::pair<std::string, trace::Tensor>> mistakes{};
  /// The right trace of the case: other steps' results, and what the axes' extents are.
  const trace::Trace* known = nullptr;
};

/// One or two sentences, such as "All numbers are the right ones divided by dk." `all` has every
/// result in which the step is wrong.
///
/// What is said holds in every one of them, in every cell. By accident it could hold in a few cells
/// that have the same number: it is said only where at least three cells, in which it makes a
/// difference, hold two different numbers; and for each number that is fitted, such as a factor
/// that is not known, one cell more. Of what a student has done it says nothing, except where a
/// float is recognised: then every number is one that a float can hold. No number of a case is in
/// it, only names, and factors such as 2 that are the same in all cases.
std::optional<std::string> diagnose(std::span<const Observation> all);

}  // namespace attn::grading
