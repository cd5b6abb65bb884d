#include "attn/mechanisms/permutation.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "attn/core/complete.hpp"
#include "attn/core/shape_error.hpp"

namespace attn::permutation {
namespace {

void expect_order(const Order& order, std::size_t n) {
  const std::string wrong = fault(order, n);
  if (!wrong.empty()) throw std::invalid_argument("order: " + wrong);
}

}  // namespace

std::string fault(const Order& order, std::size_t n) {
  const std::string expected = ", expected each of 0 to " + std::to_string(n - 1) + " once";
  if (order.size() != n) {
    return "found " + std::to_string(order.size()) + " indices for " + std::to_string(n) + " rows" +
           expected;
  }
  std::vector<bool> seen(n, false);
  for (const std::size_t index : order) {
    if (index >= n) return "there is no row " + std::to_string(index) + expected;
    if (seen[index]) return "row " + std::to_string(index) + " comes twice" + expected;
    seen[index] = true;
  }
  return "";
}

Order reversed(std::size_t n) {
  Order order(n);
  for (std::size_t i = 0; i < n; ++i) order[i] = n - 1 - i;
  return order;
}

Mat permute_rows(const Mat& m, const Order& order) {
  expect_order(order, rows(m));
  Mat permuted = zeros(rows(m), cols(m));
  for (std::size_t i = 0; i < rows(m); ++i) {
    for (std::size_t j = 0; j < cols(m); ++j) permuted(i, j) = m(order[i], j);
  }
  return permuted;
}

Mask permute_mask(const Mask& mask, const Order& order) {
  expect_shape("mask", shape_of(mask), {order.size(), order.size()}, "T,T",
               "one row and one column for each index");
  expect_order(order, mask.shape(0));
  Mask permuted = mask;
  for (std::size_t i = 0; i < order.size(); ++i) {
    for (std::size_t j = 0; j < order.size(); ++j) permuted(i, j) = mask(order[i], order[j]);
  }
  return permuted;
}

double largest_difference(const Mat& a, const Mat& b) {
  expect_shape("b", shape_of(b), shape_of(a), "", "the shape of a");
  double largest = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double difference = std::abs(a.data()[i] - b.data()[i]);
    if (std::isnan(difference)) return difference;
    largest = std::max(largest, difference);
  }
  return largest;
}

Study study(const self_attention::Params& params, const Mat& permuted,
            const self_attention::Forward& before, const Mask& mask, double scale,
            const Order& order) {
  if (!before.complete()) throw Unfinished();
  Study s;
  s.permuted = permuted;
  const self_attention::Forward after = self_attention::forward(params, s.permuted, mask, scale);
  if (!after.complete()) throw Unfinished();
  s.weights = after.attention.weights;
  s.context = after.attention.context;
  s.expected = permute_rows(before.attention.context, order);
  s.difference = largest_difference(s.context, s.expected);
  return s;
}

}  // namespace attn::permutation
