#include "attn/mechanisms/bahdanau.hpp"

#include "attn/core/complete.hpp"
#include "attn/core/matmul.hpp"
#include "attn/core/shape_error.hpp"
#include "attn/core/vectors.hpp"
#include "attn/mechanisms/embedding.hpp"
#include "attn/mechanisms/mask.hpp"

namespace attn::bahdanau {
namespace {

void expect_gates(const Params& params, const Vec& embedding, const Vec& context) {
  const std::size_t ds = rows(params.cell.U);
  const auto expect_pair = [&](const char* W_name, const Mat& W, const char* C_name, const Mat& C) {
    expect_shape(W_name, shape_of(W), {ds, embedding.size()}, "ds,dy",
                 "one row for each entry of the state, one column for each of the embedding");
    expect_shape(C_name, shape_of(C), {ds, context.size()}, "ds,dh+dh",
                 "one row for each entry of the state, one column for each of the context");
  };
  expect_pair("W_z", params.cell.W_z, "C_z", params.C_z);
  expect_pair("W_r", params.cell.W_r, "C_r", params.C_r);
  expect_pair("W", params.cell.W, "C", params.C);
  recurrent::expect_state("b_z", params.cell.b_z, ds);
  recurrent::expect_state("b_r", params.cell.b_r, ds);
  recurrent::expect_state("b", params.cell.b, ds);
}

}  // namespace

/// What the word before and the context give to the gates.
Outside from_outside(const Params& params, const Vec& embedding, const Vec& context) {
  expect_gates(params, embedding, context);
  const gru::Params& cell = params.cell;
  Outside f;
  f.x_z = matvec(cell.W_z, embedding) + matvec(params.C_z, context) + cell.b_z;  // appendix A.2.2
  f.x_r = matvec(cell.W_r, embedding) + matvec(params.C_r, context) + cell.b_r;
  f.x = matvec(cell.W, embedding) + matvec(params.C, context) + cell.b;
  return f;
}

Step step(const Params& params, const Mat& annotations, const additive::Projected& keys,
          const Vec& s, std::size_t previous) {
  Step now;
  now.previous = previous;
  now.embedding = row(embedding::forward(params.E, {previous}), 0);   // E y_{i-1}
  now.alignment = additive::step(params.alignment, as_row(s), keys);  // e_ij = a(s_{i-1}, h_j)
  if (!is_complete(now.alignment)) return now;
  const Mask all = mask::full(1, rows(annotations));
  now.attention = pooling::forward(now.alignment.scores, annotations, all);  // eq. (6), eq. (5)
  if (!is_complete(now.attention)) return now;
  now.outside = from_outside(params, now.embedding, now.context());
  if (!is_complete(now.outside)) return now;
  const gru::Inputs inputs{now.outside.x_z, now.outside.x_r, now.outside.x};
  now.cell = gru::step(params.cell, inputs, {s});  // s_i = f(s_{i-1}, y_{i-1}, c_i)
  if (!is_complete(now.cell)) return now;
  const Vec& read = params.readout_state == ReadoutState::current ? now.cell.h : s;
  now.deep = maxout::forward(params.deep, read, now.embedding, now.context());
  if (!is_complete(now.deep)) return now;
  now.output = readout::forward(params.output, now.deep.t);  // g(y_{i-1}, s_i, c_i), eq. (4)
  return now;
}

Vec Step::context() const { return row(attention.context, 0); }

bool Step::complete() const { return is_complete(deep) && is_complete(output); }

/// The context went to the gates and to the output.
ContextBackward to_context(const Params& params, const gru::Backward& cell,
                           const Vec& d_from_output) {
  ContextBackward b;
  // forward was: x_z = ... + C_z c, x_r = ... + C_r c, x = ... + C c, t~ = ... + C_o c + ...
  b.d_context = matvec_tn(params.C_z, cell.d_x_z) + matvec_tn(params.C_r, cell.d_x_r) +
                matvec_tn(params.C, cell.d_x) + d_from_output;
  return b;
}

/// The state before went to the GRU and was the query.
StateBackward to_previous(const gru::Backward& cell, const additive::StepBackward& alignment) {
  const Vec d_query = row(alignment.d_queries, 0);
  StateBackward b;
  // forward was: q = W_a s, z = sigmoid(... + U_z s), and so on
  b.d_s_previous = cell.d_h_previous + d_query;
  return b;
}

bool StepBackward::complete() const { return is_complete(alignment) && is_complete(previous); }

StepBackward step_backward(const Params& params, const Mat& annotations, const Vec& s,
                           const Step& forward, const Vec& d_s, const Vec& d_context) {
  StepBackward back;
  back.d_s = d_s;
  back.cell = gru::step_backward(params.cell, {s}, forward.cell, {d_s});
  if (!is_complete(back.cell)) return back;
  back.context = to_context(params, back.cell, d_context);
  if (!is_complete(back.context)) return back;
  back.attention =
      pooling::backward(annotations, forward.attention, as_row(back.context.d_context));
  if (!is_complete(back.attention)) return back;
  back.alignment = additive::step_backward(params.alignment, as_row(s), forward.alignment,
                                           back.attention.d_scores);
  if (!is_complete(back.alignment)) return back;
  back.previous = to_previous(back.cell, back.alignment);
  return back;
}

ContextGradients context_gradients(const Mat& contexts, const std::vector<gru::Backward>& cells) {
  const Mat d_x_z = recurrent::over_time(cells, &gru::Backward::d_x_z);  // (Ty, ds), as those below
  const Mat d_x_r = recurrent::over_time(cells, &gru::Backward::d_x_r);
  const Mat d_x = recurrent::over_time(cells, &gru::Backward::d_x);
  ContextGradients b;
  // forward was: x_z = ... + C_z c and so on, with the same matrices at every step
  b.d_C_z = matmul_tn(d_x_z, contexts);
  b.d_C_r = matmul_tn(d_x_r, contexts);
  b.d_C = matmul_tn(d_x, contexts);
  return b;
}

}  // namespace attn::bahdanau
