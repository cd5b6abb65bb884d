/// The four scores of Luong, Pham, Manning, arXiv:1508.04025v5, section 3.1, as one: which it is
/// follows from the type of its parameters. Each is a mechanism of its own: dot, general, concat,
/// location.
/// Axes: Tq decoder states, Tk source positions, ds state width, dh source width, da hidden width.
#pragma once

#include <variant>

#include "attn/mechanisms/concat.hpp"
#include "attn/mechanisms/dot.hpp"
#include "attn/mechanisms/general.hpp"
#include "attn/mechanisms/location.hpp"

namespace attn::luong_score {

/// The dot product, which has nothing to learn.
struct Dot {};

using Params = std::variant<Dot, general::Params, concat::Params, location::Params>;
using Forward = std::variant<dot::Forward, general::Forward, concat::Forward, location::Forward>;
using Backward =
    std::variant<dot::Backward, general::Backward, concat::Backward, location::Backward>;

/// \throws ShapeError naming the tensor, its shape and the shape expected; also for empty axes, and
/// for a location score whose W_a has not one row for each position.
Forward forward(const Params& params, const Mat& states, const Mat& annotations);

/// \throws ShapeError if d_scores has not the shape of the scores.
Backward backward(const Params& params, const Mat& states, const Mat& annotations,
                  const Forward& forward, const Mat& d_scores);

/// (Tq, Tk)
const Mat& scores(const Forward& forward);

/// No step of it lacks a result.
bool complete(const Forward& forward);
bool complete(const Backward& backward);

/// dL/dstates (Tq, ds).
const Mat& d_states(const Backward& backward);

/// dL/dannotations (Tk, dh), or nullptr for the location score, in which they do not enter.
const Mat* d_annotations(const Backward& backward);

/// Parameters of the same shapes, all 0.
Params zeros_like(const Params& params);

/// Adds what a backward pass found for the parameters; `sum` is of the same score.
void add(Params& sum, const Backward& backward);

}  // namespace attn::luong_score
