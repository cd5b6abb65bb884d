/// The parameters of a caption decoder, as fixtures and tests have them.
#pragma once

#include "attn/mechanisms/show_attend_tell.hpp"
#include "tests/support/fixture.hpp"
#include "tests/support/random.hpp"

namespace attn::test {

/// From a fixture's entries, which are named as in configs: "lstm.W_i".
inline show_attend_tell::Params captioner(const Fixture& c) {
  show_attend_tell::Params p;
  p.E = c["E"].mat();
  p.start = {c["start.W_h"].mat(), c["start.b_h"].vec(), c["start.W_c"].mat(),
             c["start.b_c"].vec()};
  p.attention = {c["attention.W_a"].mat(), c["attention.U_a"].mat(), c["attention.v_a"].vec()};
  if (c.has("gate.w_beta")) {
    p.gate = context_gate::Params{c["gate.w_beta"].vec(), c["gate.b_beta"].number()};
  }
  p.cell = {c["lstm.W_i"].mat(), c["lstm.W_f"].mat(), c["lstm.W_o"].mat(), c["lstm.W_g"].mat(),
            c["lstm.U_i"].mat(), c["lstm.U_f"].mat(), c["lstm.U_o"].mat(), c["lstm.U_g"].mat(),
            c["lstm.b_i"].vec(), c["lstm.b_f"].vec(), c["lstm.b_o"].vec(), c["lstm.b_g"].vec()};
  p.output = {c["output.L_h"].mat(), c["output.L_z"].mat(), c["output.L_o"].mat()};
  return p;
}

/// All axes of different lengths: V 7, dy 4, dh 3, da 2, dv 6.
inline show_attend_tell::Params random_captioner(std::uint64_t seed, bool gate = true) {
  const auto mat = [&](std::size_t m, std::size_t n) { return random_mat(m, n, seed++); };
  const auto vec = [&](std::size_t n) { return random_vec(n, seed++); };
  show_attend_tell::Params p;
  p.E = mat(7, 4);
  p.start = {mat(3, 6), vec(3), mat(3, 6), vec(3)};
  p.attention = {mat(2, 3), mat(2, 6), vec(2)};
  if (gate) p.gate = context_gate::Params{vec(3), 0.4};
  p.cell = {mat(3, 10), mat(3, 10), mat(3, 10), mat(3, 10), mat(3, 3), mat(3, 3),
            mat(3, 3),  mat(3, 3),  vec(3),     vec(3),     vec(3),    vec(3)};
  p.output = {mat(4, 3), mat(4, 6), mat(7, 4)};
  return p;
}

}  // namespace attn::test
