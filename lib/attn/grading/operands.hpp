/// What a cell is made of: the numbers that its formula names, taken from a right trace.
#pragma once

#include <string>
#include <vector>

#include "attn/trace/diff.hpp"
#include "attn/trace/trace.hpp"

namespace attn::grading {

/// Lines such as "queries[0] = [1, 0, 2]" and "keys[2] = [0, 1, 1]" for scores[0, 2], whose formula
/// is S = Q K^T. The tensors are those before it in the trace that the formula calls by name
/// (masked) or by the letter that their own formula gives them (S = ..., or Q alone). Along an axis
/// that a tensor shares with the cell, it is shown at the cell; along others whole. Where the
/// formula sums over a row (softmax, sum, mean), tensors with the cell's own axes are shown by
/// rows.
///
/// Nothing if the difference is not of one number, or if no tensor is recognised. Too long ones are
/// left out.
std::vector<std::string> operands(const trace::Trace& right, const trace::Difference& difference);

}  // namespace attn::grading
