#include "attn/mechanisms/inputs.hpp"

namespace attn {

void expect_queries_and_keys(const Mat& queries, const Mat& keys) {
  expect_nonempty("queries", shape_of(queries), "Tq,dq");
  expect_nonempty("keys", shape_of(keys), "Tk,dk");
}

void expect_equal_widths(const Mat& queries, const Mat& keys) {
  expect_nonempty("queries", shape_of(queries), "Tq,dk");
  expect_nonempty("keys", shape_of(keys), "Tk,dk");
  expect_shape("keys", shape_of(keys), {rows(keys), cols(queries)}, "Tk,dk",
               "keys are as wide as queries");
}

void expect_values(const Mat& values, std::size_t Tk) {
  expect_nonempty("values", shape_of(values), "Tk,dv");
  expect_shape("values", shape_of(values), {Tk, cols(values)}, "Tk,dv", "each key has one value");
}

void expect_mask(const Mask& mask, std::size_t Tq, std::size_t Tk) {
  expect_shape("mask", shape_of(mask), {Tq, Tk}, "Tq,Tk", "one entry for each query and key");
}

void expect_d_scores(const Mat& d_scores, const Mat& scores) {
  expect_shape("d_scores", shape_of(d_scores), shape_of(scores), "Tq,Tk",
               "the shape of the scores");
}

void expect_d_context(const Mat& d_context, const Mat& context) {
  expect_shape("d_context", shape_of(d_context), shape_of(context), "Tq,dv",
               "the shape of the context");
}

}  // namespace attn
