/// Parameters of multi-head attention, random or from a fixture.
#pragma once

#include "attn/mechanisms/multi_head.hpp"
#include "tests/support/fixture.hpp"
#include "tests/support/random.hpp"

namespace attn::test {

/// The widths of a multi-head attention; all different unless said otherwise, so that no transpose
/// passes.
struct Widths {
  std::size_t heads = 2, dk = 3, dv = 4, dq = 5, dx_k = 7, dx_v = 9, dm = 10;
};

inline multi_head::Params random_params(const Widths& w, std::uint64_t seed) {
  const double spread = 0.4;  // scores of about 1, and a loss that central differences can resolve
  multi_head::Params params;
  params.heads = w.heads;
  params.W_q = random_mat(w.dq, w.heads * w.dk, seed, spread);
  params.b_q = random_vec(w.heads * w.dk, seed + 1, spread);
  params.W_k = random_mat(w.dx_k, w.heads * w.dk, seed + 2, spread);
  params.b_k = random_vec(w.heads * w.dk, seed + 3, spread);
  params.W_v = random_mat(w.dx_v, w.heads * w.dv, seed + 4, spread);
  params.b_v = random_vec(w.heads * w.dv, seed + 5, spread);
  params.W_o = random_mat(w.heads * w.dv, w.dm, seed + 6, spread);
  params.b_o = random_vec(w.dm, seed + 7, spread);
  return params;
}

/// H, W_q, b_q and so on of a fixture's case.
inline multi_head::Params params_of(const Fixture& c) {
  return {c["H"].integer(), c["W_q"].mat(), c["b_q"].vec(), c["W_k"].mat(), c["b_k"].vec(),
          c["W_v"].mat(),   c["b_v"].vec(), c["W_o"].mat(), c["b_o"].vec()};
}

}  // namespace attn::test
