/// Queries and keys where they stand: turned by rotary positions, and the keys and values behind
/// those of the past. Query i and new key i stand at the position first + Tp + i; the keys of the
/// past are kept as they were used, so with rotary positions they have been turned already.
///
/// For one head (matrices) and for several (with the heads in front).
/// Axes: Tq queries, Tn new keys and Tp of the past, Tk = Tp + Tn; H heads of queries and G of
/// keys; dk, dv widths.
#pragma once

#include <optional>
#include <type_traits>

#include "attn/core/field.hpp"
#include "attn/mechanisms/past_keys.hpp"
#include "attn/mechanisms/rope.hpp"

namespace attn::positioned {

/// The number of rows of a matrix, or of each head's.
template <class Tensor>
std::size_t length(const Tensor& x) {
  return x.shape()[x.shape().size() - 2];
}

template <class Tensor>
struct How {
  std::optional<rope::Rope> rope{};
  Tensor past_keys{}, past_values{};  // empty where there is no past

  bool has_past() const { return past_keys.size() > 0; }
  std::size_t past() const { return has_past() ? length(past_keys) : 0; }
};

/// Only what was asked for is there; the rest is empty, and `each` leaves it out.
template <class Tensor>
struct Forward {
  bool turns = false, has_past = false;
  Mat angles;                   // (T, dk/2), of the longer of queries and new keys
  Tensor q_rotated, k_rotated;  // the shapes of the queries and of the new keys
  Tensor all_keys, all_values;  // Tk rows

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    constexpr bool one = std::is_same_v<Tensor, Mat>;
    if (self.turns) {
      visit(Field{"angles", "T,dk/2", "theta_pi = p base^(-2i/dk), p the position",
                  "arXiv:2104.09864, section 3.2.2"},
            self.angles);
      visit(Field{"q_rotated", one ? "Tq,dk" : "H,Tq,dk",
                  "(a, b) -> (a cos - b sin, a sin + b cos), each pair by its angle",
                  "arXiv:2104.09864, eq. (34)"},
            self.q_rotated);
      visit(Field{"k_rotated", one ? "Tn,dk" : "G,Tn,dk", "the same for the new keys",
                  "arXiv:2104.09864, eq. (34)"},
            self.k_rotated);
    }
    if (self.has_past) {
      visit(Field{"all_keys", one ? "Tk,dk" : "G,Tk,dk", "the keys of the past, then the new ones"},
            self.all_keys);
      visit(Field{"all_values", one ? "Tk,dv" : "G,Tk,dv",
                  "the values of the past, then the new ones"},
            self.all_values);
    }
  }
};

template <class Tensor>
struct Backward {
  bool turns = false, has_past = false;
  Tensor d_past_keys, d_past_values;  // the shapes of the past
  Tensor d_q, d_k, d_v;               // of the queries, new keys and new values as they came in
  Tensor d_k_rotated;
};

/// \throws ShapeError if the width is odd and is to be turned, or the past does not fit.
template <class Tensor>
Forward<Tensor> forward(const Tensor& q, const Tensor& k, const Tensor& v, const How<Tensor>& how) {
  Forward<Tensor> f;
  f.turns = how.rope.has_value();
  f.has_past = how.has_past();
  if (f.turns) {
    rope::Rope rope = *how.rope;
    rope.first += static_cast<double>(how.past());
    f.angles = rope::angles(rope, std::max(length(q), length(k)), q.shape().back());
    f.q_rotated = rope::turned(q, f.angles, rope.layout);
    f.k_rotated = rope::turned(k, f.angles, rope.layout);
  }
  if (f.has_past) {
    f.all_keys = past_keys::joined(how.past_keys, f.turns ? f.k_rotated : k);
    f.all_values = past_keys::joined(how.past_values, v);
  }
  return f;
}

/// \param d_q what came to the queries as they were compared, d_keys and d_values to all keys and
/// values
template <class Tensor>
Backward<Tensor> backward(const How<Tensor>& how, const Forward<Tensor>& forward, const Tensor& d_q,
                          const Tensor& d_keys, const Tensor& d_values) {
  Backward<Tensor> b{forward.turns, forward.has_past, {}, {}, d_q, d_keys, d_values, {}};
  if (b.has_past) {
    // forward was: all_keys = the keys of the past, then the new ones; all_values likewise
    const std::size_t Tp = how.past(), Tn = length(d_keys) - Tp;
    b.d_past_keys = past_keys::part(d_keys, 0, Tp);
    b.d_past_values = past_keys::part(d_values, 0, Tp);
    b.d_k = past_keys::part(d_keys, Tp, Tn);
    b.d_v = past_keys::part(d_values, Tp, Tn);
  }
  if (b.turns) {
    // forward was: q_rotated, k_rotated, each pair turned by its angle
    b.d_k_rotated = b.d_k;
    b.d_q = rope::turned_back(d_q, forward.angles, how.rope->layout);
    b.d_k = rope::turned_back(b.d_k, forward.angles, how.rope->layout);
  }
  return b;
}

}  // namespace attn::positioned
