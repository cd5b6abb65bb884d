#include "attn/mechanisms/recurrent_parts.hpp"

#include "attn/core/shape_error.hpp"

namespace attn::recurrent {

void expect_sequence(const Mat& X) { expect_nonempty("X", shape_of(X), "T,dx"); }

void expect_gate(const Gate& gate, std::size_t dh, std::size_t dx) {
  expect_nonempty(gate.U_name, shape_of(gate.U), "dh,dh");
  expect_shape(gate.U_name, shape_of(gate.U), {dh, dh}, "dh,dh", "a state goes in, a state out");
  expect_shape(gate.W_name, shape_of(gate.W), {dh, dx}, "dh,dx",
               "one row for each entry of the state, one column for each of the input");
  expect_shape(gate.b_name, shape_of(gate.b), {dh}, "dh", "one entry for each of the state");
}

void expect_state(std::string_view name, const Vec& v, std::size_t dh) {
  expect_shape(name, shape_of(v), {dh}, "dh", "as long as the state");
}

}  // namespace attn::recurrent
