#include "attn/mechanisms/maxout.hpp"

#include <algorithm>

#include "attn/core/matmul.hpp"
#include "attn/core/ops.hpp"
#include "attn/core/shape_error.hpp"

namespace attn::maxout {
namespace {

void expect_inputs(const Params& params, const Vec& state, const Vec& embedding,
                   const Vec& context) {
  const std::size_t dt = rows(params.U_o);
  expect_nonempty("U_o", shape_of(params.U_o), "dt,ds");
  if (dt % 2 != 0) {
    throw ShapeError("U_o has shape " + to_string(shape_of(params.U_o)) +
                     ": maxout takes pairs of units, so their number dt must be even");
  }
  expect_shape("U_o", shape_of(params.U_o), {dt, state.size()}, "dt,ds",
               "one column for each entry of the state");
  expect_shape("V_o", shape_of(params.V_o), {dt, embedding.size()}, "dt,dy",
               "as many rows as U_o, and one column for each entry of the embedding");
  expect_shape("C_o", shape_of(params.C_o), {dt, context.size()}, "dt,dc",
               "as many rows as U_o, and one column for each entry of the context");
  expect_shape("b_t", shape_of(params.b_t), {dt}, "dt", "one entry for each row of U_o");
}

void expect_steps(const Params& params, const Inputs& inputs, const Mat& t_tilde, const Mat& d_t) {
  const std::size_t T = rows(inputs.states);
  const std::size_t dt = rows(params.U_o);
  expect_shape("embeddings", shape_of(inputs.embeddings), {T, cols(inputs.embeddings)}, "T,dy",
               "as many rows as states");
  expect_shape("contexts", shape_of(inputs.contexts), {T, cols(inputs.contexts)}, "T,dc",
               "as many rows as states");
  expect_shape("t_tilde", shape_of(t_tilde), {T, dt}, "T,dt", "one row for each step");
  expect_shape("d_t", shape_of(d_t), {T, dt / 2}, "T,l", "one row for each step");
}

}  // namespace

// step: t
/// Of each pair of entries the larger.
Vec larger_of_pairs(const Vec& x) {
  Vec larger = zeros(x.size() / 2);
  for (std::size_t j = 0; j < larger.size(); ++j) larger(j) = std::max(x(2 * j), x(2 * j + 1));
  return larger;
}

// step: d_t_tilde
/// In each row d_larger where x was the larger of its pair, else 0.
Mat to_the_larger(const Mat& x, const Mat& d_larger) {
  Mat d_x = zeros(rows(x), cols(x));
  for (std::size_t i = 0; i < rows(x); ++i) {
    for (std::size_t j = 0; j < cols(d_larger); ++j) {
      d_x(i, x(i, 2 * j) >= x(i, 2 * j + 1) ? 2 * j : 2 * j + 1) = d_larger(i, j);
    }
  }
  return d_x;
}

Forward forward(const Params& params, const Vec& state, const Vec& embedding, const Vec& context) {
  expect_inputs(params, state, embedding, context);
  Forward f;
  f.t_tilde = matvec(params.U_o, state) + matvec(params.V_o, embedding) +
              matvec(params.C_o, context) + params.b_t;  // appendix A.2.2
  f.t = larger_of_pairs(f.t_tilde);                      // appendix A.2.2
  return f;
}

Backward backward(const Params& params, const Inputs& inputs, const Mat& t_tilde, const Mat& d_t) {
  expect_steps(params, inputs, t_tilde, d_t);
  Backward b;
  // forward was: t_j = max(t~_{2j-1}, t~_{2j})
  b.d_t_tilde = to_the_larger(t_tilde, d_t);
  // forward was: t~ = U_o state + V_o embedding + C_o context + b_t, at every step
  b.d_U_o = matmul_tn(b.d_t_tilde, inputs.states);
  b.d_V_o = matmul_tn(b.d_t_tilde, inputs.embeddings);
  b.d_C_o = matmul_tn(b.d_t_tilde, inputs.contexts);
  b.d_b_t = sum_of_rows(b.d_t_tilde);
  b.d_states = matmul(b.d_t_tilde, params.U_o);
  b.d_embeddings = matmul(b.d_t_tilde, params.V_o);
  b.d_contexts = matmul(b.d_t_tilde, params.C_o);
  return b;
}

}  // namespace attn::maxout
