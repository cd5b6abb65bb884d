#include "attn/mechanisms/bahdanau.hpp"

#include <stdexcept>
#include <string>

#include "attn/core/activations.hpp"
#include "attn/core/complete.hpp"
#include "attn/core/matmul.hpp"
#include "attn/core/ops.hpp"
#include "attn/core/shape_error.hpp"
#include "attn/core/vectors.hpp"
#include "attn/mechanisms/mask.hpp"

namespace attn::bahdanau {
namespace {

void expect_initial(const Params& params, const Mat& annotations) {
  expect_nonempty("annotations", shape_of(annotations), "Tx,dh+dh");
  expect_nonempty("W_s", shape_of(params.W_s), "ds,dh");
  expect_shape("annotations", shape_of(annotations), {rows(annotations), 2 * cols(params.W_s)},
               "Tx,dh+dh", "two states of the encoder, each as wide as W_s");
  expect_shape("b_s", shape_of(params.b_s), {rows(params.W_s)}, "ds",
               "one entry for each row of W_s");
}

void expect_outside(const Params& params, const Vec& embedding, const Vec& context) {
  const std::size_t ds = rows(params.W_s);
  const auto expect_pair = [&](const char* W_name, const Mat& W, const char* C_name, const Mat& C) {
    expect_shape(W_name, shape_of(W), {ds, embedding.size()}, "ds,dy",
                 "one row for each entry of the state, one column for each of the embedding");
    expect_shape(C_name, shape_of(C), {ds, context.size()}, "ds,dh+dh",
                 "one row for each entry of the state, one column for each of the context");
  };
  expect_pair("W_z", params.cell.W_z, "C_z", params.C_z);
  expect_pair("W_r", params.cell.W_r, "C_r", params.C_r);
  expect_pair("W", params.cell.W, "C", params.C);
}

void expect_word(const Params& params, std::size_t word) {
  if (word < rows(params.E)) return;
  throw std::out_of_range("word " + std::to_string(word) + " of a vocabulary of " +
                          std::to_string(rows(params.E)));
}

/// <-h_1, the encoder's last state on its way back: it has read the whole sentence.
Vec first_backward_state(const Params& params, const Mat& annotations) {
  return last_entries(row(annotations, 0), cols(params.W_s));
}

}  // namespace

Initial initial(const Params& params, const Mat& annotations) {
  expect_initial(params, annotations);
  const Vec h_1 = first_backward_state(params, annotations);
  Initial f;
  f.s_0 = tanh(Vec(matvec(params.W_s, h_1) + params.b_s));  // appendix A.2.2
  return f;
}

/// What the word before and the context give to the gates.
Outside from_outside(const Params& params, const Vec& embedding, const Vec& context) {
  expect_outside(params, embedding, context);
  const gru::Params& cell = params.cell;
  Outside f;
  f.x_z = matvec(cell.W_z, embedding) + matvec(params.C_z, context) + cell.b_z;  // appendix A.2.2
  f.x_r = matvec(cell.W_r, embedding) + matvec(params.C_r, context) + cell.b_r;
  f.x = matvec(cell.W, embedding) + matvec(params.C, context) + cell.b;
  return f;
}

Step step(const Params& params, const Mat& annotations, const additive::Projected& keys,
          const Vec& s, std::size_t previous) {
  expect_word(params, previous);
  Step now;
  now.previous = previous;
  now.embedding = row(params.E, previous);                            // E y_{i-1}
  now.alignment = additive::step(params.alignment, as_row(s), keys);  // e_ij = a(s_{i-1}, h_j)
  if (!is_complete(now.alignment)) return now;
  now.attention = pooling::forward(now.alignment.scores, annotations,
                                   mask::full(1, rows(annotations)));  // eq. (6), then eq. (5)
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

bool StepBackward::complete() const { return is_complete(alignment) && is_complete(state); }

/// The context went to the gates and to the output.
ContextBackward to_context(const Params& params, const gru::Backward& cell,
                           const maxout::Backward& deep) {
  ContextBackward b;
  // forward was: x_z = ... + C_z c, x_r = ... + C_r c, x = ... + C c, t~ = ... + C_o c + ...
  b.d_context = matvec_tn(params.C_z, cell.d_x_z) + matvec_tn(params.C_r, cell.d_x_r) +
                matvec_tn(params.C, cell.d_x) + deep.d_context;
  return b;
}

/// The state before went to the GRU and was the query; and what the output read of it, if it did.
StateBackward to_previous_state(const gru::Backward& cell, const additive::StepBackward& alignment,
                                const Vec& d_read) {
  const Vec d_query = row(alignment.d_queries, 0);
  StateBackward b;
  // forward was: q = W_a s, z = sigmoid(... + U_z s), and so on
  b.d_s_previous = cell.d_h_previous + d_query + d_read;
  return b;
}

StepBackward step_backward(const Params& params, const Mat& annotations, const Vec& s,
                           const Step& forward, const Vec& d_logits, const Vec& d_s) {
  const bool reads_current = params.readout_state == ReadoutState::current;
  StepBackward back;
  back.output = readout::backward(params.output, forward.deep.t, d_logits);
  if (!is_complete(back.output)) return back;
  back.deep = maxout::backward(params.deep, forward.deep, back.output.d_state);
  if (!is_complete(back.deep)) return back;
  const Vec none = zeros(d_s.size());
  back.d_s = d_s + (reads_current ? back.deep.d_state : none);
  back.cell = gru::step_backward(params.cell, {s}, forward.cell, {back.d_s});
  if (!is_complete(back.cell)) return back;
  back.context = to_context(params, back.cell, back.deep);
  if (!is_complete(back.context)) return back;
  back.attention =
      pooling::backward(annotations, forward.attention, as_row(back.context.d_context));
  if (!is_complete(back.attention)) return back;
  back.alignment = additive::step_backward(params.alignment, as_row(s), forward.alignment,
                                           back.attention.d_scores);
  if (!is_complete(back.alignment)) return back;
  back.state =
      to_previous_state(back.cell, back.alignment, reads_current ? none : back.deep.d_state);
  return back;
}

InitialBackward initial_backward(const Params& params, const Mat& annotations,
                                 const Initial& forward, const Vec& d_s_0) {
  const Vec h_1 = first_backward_state(params, annotations);
  InitialBackward b;
  // forward was: s_0 = tanh(W_s <-h_1 + b_s)
  b.d_a_0 = tanh_backward(forward.s_0, d_s_0);
  b.d_W_s = outer(b.d_a_0, h_1);
  b.d_b_s = b.d_a_0;
  b.d_h_1 = matvec_tn(params.W_s, b.d_a_0);
  return b;
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
