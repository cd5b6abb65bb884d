/// What every mechanism demands of queries, keys, values and masks.
#pragma once

#include "attn/core/shape_error.hpp"
#include "attn/core/tensor.hpp"

namespace attn {

/// \throws ShapeError if either has an empty axis. Queries (Tq, dq), keys (Tk, dk).
void expect_queries_and_keys(const Mat& queries, const Mat& keys);

/// As above, for functions that compare a query with a key entry by entry.
/// \throws ShapeError also if dq is not dk.
void expect_equal_widths(const Mat& queries, const Mat& keys);

/// \throws ShapeError unless values (Tk, dv) are not empty and there are `Tk` of them.
void expect_values(const Mat& values, std::size_t Tk);

/// \throws ShapeError if the mask is not (Tq, Tk).
void expect_mask(const Mask& mask, std::size_t Tq, std::size_t Tk);

/// \throws ShapeError if d_scores, which enters a backward pass, has not the shape of the scores.
void expect_d_scores(const Mat& d_scores, const Mat& scores);

/// \throws ShapeError if d_context, which enters a backward pass, has not the shape of the context.
void expect_d_context(const Mat& d_context, const Mat& context);

}  // namespace attn
