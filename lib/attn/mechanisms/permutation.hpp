/// Rows in another order, and what self-attention makes of that. Row i of what is permuted is row
/// order[i] of what was there. Indices count from 0.
#pragma once

#include <string>
#include <vector>

#include "attn/core/field.hpp"
#include "attn/core/tensor.hpp"
#include "attn/mechanisms/self_attention.hpp"

namespace attn::permutation {

using Order = std::vector<std::size_t>;

/// What keeps `order` from being an order of n rows, or "": each index from 0 to n - 1 once.
std::string fault(const Order& order, std::size_t n);

/// The last row first.
Order reversed(std::size_t n);

/// \throws std::invalid_argument if `order` is none of as many rows as there are.
Mat permute_rows(const Mat& m, const Order& order);

/// Queries and keys change places with the rows: rows and columns of a (T, T) mask.
Mask permute_mask(const Mask& mask, const Order& order);

/// max |a_ij - b_ij|. \throws ShapeError if the shapes differ.
double largest_difference(const Mat& a, const Mat& b);

/// Self-attention of the permuted rows, beside that of the rows as they were.
struct Study {
  Mat permuted;       // (T, dm)
  Mat weights;        // (T, T)
  Mat context;        // (T, dv)
  Mat expected;       // (T, dv)
  double difference;  // 0 if self-attention knows nothing of order

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"permuted", "T,dm", "X' = Pi X"}, self.permuted);
    visit(Field{"weights", "T,T", "A' = A(Pi X)", "", Kind::weight}, self.weights);
    visit(Field{"context", "T,dv", "C' = C(Pi X)"}, self.context);
    visit(Field{"expected", "T,dv", "Pi C(X)"}, self.expected);
    visit(Field{"difference", "", "max |C(Pi X) - Pi C(X)|"}, self.difference);
  }
};

/// \param permuted the rows in that order, and whatever else was done to them
/// \param before the forward pass with the rows as they were
/// \param mask for the permuted rows
/// \throws Unfinished if the forward pass lacks a step.
Study study(const self_attention::Params& params, const Mat& permuted,
            const self_attention::Forward& before, const Mask& mask, double scale,
            const Order& order);

}  // namespace attn::permutation
