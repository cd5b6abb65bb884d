#include "attn/mechanisms/multi_head_batch.hpp"

#include <algorithm>

#include "attn/core/heads.hpp"
#include "attn/core/shape_error.hpp"
#include "attn/mechanisms/inputs.hpp"

namespace attn::multi_head_batch {
namespace {

void expect_batch(const Ten3& queries, const Ten3& keys, const Ten3& values, const Mask& mask,
                  const Mask& key_mask) {
  expect_nonempty("queries", shape_of(queries), "B,Tq,dq");
  const std::size_t B = queries.shape(0), Tk = keys.shape(1);
  expect_nonempty("keys", shape_of(keys), "B,Tk,dx_k");
  expect_shape("keys", shape_of(keys), {B, Tk, keys.shape(2)}, "B,Tk,dx_k",
               "as many sequences as the queries have");
  expect_nonempty("values", shape_of(values), "B,Tk,dx_v");
  expect_shape("values", shape_of(values), {B, Tk, values.shape(2)}, "B,Tk,dx_v",
               "each key has one value");
  expect_mask(mask, queries.shape(1), Tk);
  expect_shape("key_mask", shape_of(key_mask), {B, Tk}, "B,Tk",
               "one entry for each key of each sequence");
}

/// Sequence b of a batch is its matrix b, as head h is of several heads.
Mat sequence(const Ten3& batch, std::size_t b) { return head(batch, b); }

/// The mask of sequence b: what the mask allows and its padding does not hide.
Mask mask_of(const Mask& mask, const Mask& key_mask, std::size_t b) {
  Mask own = mask;
  for (std::size_t i = 0; i < own.shape(0); ++i) {
    for (std::size_t j = 0; j < own.shape(1); ++j) own(i, j) = mask(i, j) && key_mask(b, j);
  }
  return own;
}

/// One matrix of each sequence, with the batch in front.
template <class Result, class Part>
Ten3 stacked(const std::vector<Result>& sequences, Mat Part::*part) {
  const Mat& first = sequences.front().*part;
  Ten3 all(Ten3::shape_type{sequences.size(), rows(first), cols(first)});
  for (std::size_t b = 0; b < sequences.size(); ++b) {
    const Mat& one = sequences[b].*part;
    std::copy(one.begin(), one.end(), all.data() + b * one.size());
  }
  return all;
}

/// The sum over the sequences of what came back to a parameter.
template <class Part, class Tensor>
Tensor over_batch(const std::vector<multi_head::Backward>& sequences, Tensor Part::*part) {
  Tensor total = sequences.front().*part;
  for (std::size_t b = 1; b < sequences.size(); ++b) total += sequences[b].*part;
  return total;
}

}  // namespace

Forward forward(const multi_head::Params& params, const Ten3& queries, const Ten3& keys,
                const Ten3& values, const Mask& mask, const Mask& key_mask) {
  expect_batch(queries, keys, values, mask, key_mask);
  Forward f;
  for (std::size_t b = 0; b < queries.shape(0); ++b) {
    f.sequences.push_back(multi_head::forward(params, sequence(queries, b), sequence(keys, b),
                                              sequence(values, b), mask_of(mask, key_mask, b)));
  }
  f.output = stacked(f.sequences, &multi_head::Forward::output);
  return f;
}

Backward backward(const multi_head::Params& params, const Ten3& queries, const Ten3& keys,
                  const Ten3& values, const Forward& forward, const Ten3& d_output) {
  expect_shape("d_output", shape_of(d_output), shape_of(forward.output), "B,Tq,dm",
               "the shape of the output");
  using One = multi_head::Backward;
  Backward b;
  for (std::size_t i = 0; i < queries.shape(0); ++i) {
    b.sequences.push_back(multi_head::backward(params, sequence(queries, i), sequence(keys, i),
                                               sequence(values, i), forward.sequences[i],
                                               sequence(d_output, i)));
  }
  b.d_queries = stacked(b.sequences, &One::d_queries);
  b.d_keys = stacked(b.sequences, &One::d_keys);
  b.d_values = stacked(b.sequences, &One::d_values);
  // every sequence used the same parameters
  b.d_W_q = over_batch(b.sequences, &One::d_W_q);
  b.d_b_q = over_batch(b.sequences, &One::d_b_q);
  b.d_W_k = over_batch(b.sequences, &One::d_W_k);
  b.d_b_k = over_batch(b.sequences, &One::d_b_k);
  b.d_W_v = over_batch(b.sequences, &One::d_W_v);
  b.d_b_v = over_batch(b.sequences, &One::d_b_v);
  b.d_W_o = over_batch(b.sequences, &One::d_W_o);
  b.d_b_o = over_batch(b.sequences, &One::d_b_o);
  return b;
}

}  // namespace attn::multi_head_batch
