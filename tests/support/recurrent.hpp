/// Parameters of recurrent cells, from fixtures and from random numbers.
#pragma once

#include "attn/mechanisms/recurrent.hpp"
#include "tests/support/close.hpp"
#include "tests/support/fixture.hpp"
#include "tests/support/random.hpp"

namespace attn::test {

inline rnn::Params rnn_params(const Fixture& c) {
  return {c["W"].mat(), c["U"].mat(), c["b"].vec()};
}

inline gru::Params gru_params(const Fixture& c) {
  const bool before = !c.has("reset") || c["reset"].text() == "before";
  const bool takes_new = !c.has("update") || c["update"].text() == "takes_new";
  return {.W_z = c["W_z"].mat(),
          .W_r = c["W_r"].mat(),
          .W = c["W"].mat(),
          .U_z = c["U_z"].mat(),
          .U_r = c["U_r"].mat(),
          .U = c["U"].mat(),
          .b_z = c["b_z"].vec(),
          .b_r = c["b_r"].vec(),
          .b = c["b"].vec(),
          .b_u = c["b_u"].vec(),
          .reset = before ? gru::Reset::before : gru::Reset::after,
          .update = takes_new ? gru::Update::takes_new : gru::Update::keeps_old};
}

inline lstm::Params lstm_params(const Fixture& c) {
  return {c["W_i"].mat(), c["W_f"].mat(), c["W_o"].mat(), c["W_g"].mat(),
          c["U_i"].mat(), c["U_f"].mat(), c["U_o"].mat(), c["U_g"].mat(),
          c["b_i"].vec(), c["b_f"].vec(), c["b_o"].vec(), c["b_g"].vec()};
}

inline rnn::Params random_rnn(std::size_t dx, std::size_t dh, std::uint64_t seed) {
  return {random_mat(dh, dx, seed, 0.7), random_mat(dh, dh, seed + 1, 0.7),
          random_vec(dh, seed + 2, 0.7)};
}

inline gru::Params random_gru(std::size_t dx, std::size_t dh, std::uint64_t seed) {
  gru::Params p;
  for (Mat* W : {&p.W_z, &p.W_r, &p.W}) *W = random_mat(dh, dx, seed++, 0.7);
  for (Mat* U : {&p.U_z, &p.U_r, &p.U}) *U = random_mat(dh, dh, seed++, 0.7);
  for (Vec* b : {&p.b_z, &p.b_r, &p.b, &p.b_u}) *b = random_vec(dh, seed++, 0.7);
  return p;
}

inline lstm::Params random_lstm(std::size_t dx, std::size_t dh, std::uint64_t seed) {
  lstm::Params p;
  for (Mat* W : {&p.W_i, &p.W_f, &p.W_o, &p.W_g}) *W = random_mat(dh, dx, seed++, 0.7);
  for (Mat* U : {&p.U_i, &p.U_f, &p.U_o, &p.U_g}) *U = random_mat(dh, dh, seed++, 0.7);
  for (Vec* b : {&p.b_i, &p.b_f, &p.b_o, &p.b_g}) *b = random_vec(dh, seed++, 0.7);
  return p;
}

/// Every field of each step's result against the rows of the fixture's entry of that name; fields
/// that the fixture does not have are passed over.
template <class Result>
Agreement rows_close(const std::vector<Result>& steps, const Fixture& expected, double tolerance) {
  Agreement agreement;
  for (std::size_t t = 0; t < steps.size(); ++t) {
    Result::each(steps[t], [&](const Field& field, const Vec& value) {
      const std::string name(field.name);
      if (!agreement || !expected.has(name)) return;
      agreement = close(value, row(expected[name].mat(), t), tolerance);
      if (!agreement)
        agreement.message = name + " of step " + std::to_string(t) + ": " + agreement.message;
    });
  }
  return agreement;
}

/// A whole case: every gate, the gradients through time, and those of parameters and inputs.
template <class Params>
Agreement case_close(const Params& params, const Fixture& c, double tolerance) {
  const Mat X = c["X"].mat();
  recurrent::State start{c["h_0"].vec()};
  recurrent::State d_last{c["d_last_h"].vec()};
  if (c.has("c_0")) {
    start.c = c["c_0"].vec();
    d_last.c = c["d_last_c"].vec();
  }
  const recurrent::Sequence<Params> f = recurrent::forward(params, X, start);
  Agreement agreement = fields_close(f.inputs, c["forward"], tolerance);
  if (agreement) agreement = rows_close(f.steps, c["forward"], tolerance);
  if (agreement) agreement = close(f.states(), c["forward"]["h"].mat(), tolerance);
  if (!agreement) return agreement;
  const recurrent::SequenceBackward<Params> b =
      recurrent::backward(params, X, f, c["d_states"].mat(), d_last);
  agreement = rows_close(b.steps, c["backward"], tolerance);
  if (agreement) agreement = fields_close(b.gradients, c["gradients"], tolerance);
  if (agreement) agreement = close(b.d_start.h, c["start"]["d_h_0"].vec(), tolerance);
  if (agreement && c.has("c_0")) {
    agreement = close(b.d_start.c, c["start"]["d_c_0"].vec(), tolerance);
  }
  return agreement;
}

}  // namespace attn::test
