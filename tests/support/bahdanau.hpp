/// Parameters of Bahdanau's decoder, from fixtures and from random numbers.
#pragma once

#include "attn/mechanisms/rnnsearch.hpp"
#include "tests/support/fixture.hpp"
#include "tests/support/random.hpp"
#include "tests/support/recurrent.hpp"

namespace attn::test {

inline rnnsearch::Params bahdanau_params(const Fixture& c) {
  const Fixture& p = c["parameters"];
  const auto mat = [&](const char* name) { return p[name].mat(); };
  const auto vec = [&](const char* name) { return p[name].vec(); };
  rnnsearch::Params params;
  params.E = mat("decoder.E");
  params.start = {mat("decoder.W_s"), vec("decoder.b_s")};
  params.alignment = {mat("alignment.W_a"), mat("alignment.U_a"), vec("alignment.v_a")};
  params.cell = {.W_z = mat("decoder.W_z"),
                 .W_r = mat("decoder.W_r"),
                 .W = mat("decoder.W"),
                 .U_z = mat("decoder.U_z"),
                 .U_r = mat("decoder.U_r"),
                 .U = mat("decoder.U"),
                 .b_z = vec("decoder.b_z"),
                 .b_r = vec("decoder.b_r"),
                 .b = vec("decoder.b"),
                 .b_u = vec("decoder.b_u"),
                 .reset = c["reset"].text() == "before" ? gru::Reset::before : gru::Reset::after,
                 .update = c["update"].text() == "takes_new" ? gru::Update::takes_new
                                                             : gru::Update::keeps_old};
  params.C_z = mat("decoder.C_z");
  params.C_r = mat("decoder.C_r");
  params.C = mat("decoder.C");
  params.deep = {mat("output.U_o"), mat("output.V_o"), mat("output.C_o"), vec("output.b_t")};
  params.output = {mat("output.W_o"), vec("output.b_o")};
  params.readout_state = c["readout"].text() == "new" ? bahdanau::ReadoutState::current
                                                      : bahdanau::ReadoutState::previous;
  return params;
}

/// Vy = 7, dy = 4, dh = 3, ds = 5, da = 8, dt = 4, l = 2: all different.
inline rnnsearch::Params random_bahdanau(std::uint64_t seed) {
  rnnsearch::Params params;
  params.E = random_mat(7, 4, seed, 0.7);
  params.start = {random_mat(5, 3, seed + 1, 0.7), random_vec(5, seed + 2, 0.7)};
  params.alignment = {random_mat(8, 5, seed + 3, 0.7), random_mat(8, 6, seed + 4, 0.7),
                      random_vec(8, seed + 5, 0.7)};
  params.cell = random_gru(4, 5, seed + 100);
  params.C_z = random_mat(5, 6, seed + 6, 0.7);
  params.C_r = random_mat(5, 6, seed + 7, 0.7);
  params.C = random_mat(5, 6, seed + 8, 0.7);
  params.deep = {random_mat(4, 5, seed + 9, 0.7), random_mat(4, 4, seed + 10, 0.7),
                 random_mat(4, 6, seed + 11, 0.7), random_vec(4, seed + 12, 0.7)};
  params.output = {random_mat(7, 2, seed + 13, 0.7), random_vec(7, seed + 14, 0.7)};
  return params;
}

}  // namespace attn::test
