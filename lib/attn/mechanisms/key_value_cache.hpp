/// Keys and values of the positions so far, which a decoder keeps instead of projecting all words
/// again at each step.
/// Axes: H heads, dk and dv widths in a head, Hdk = H dk and Hdv = H dv; t positions so far.
#pragma once

#include "attn/core/field.hpp"
#include "attn/mechanisms/multi_head.hpp"

namespace attn::key_value_cache {

/// Of all positions, t before and n added: Tk = t + n.
struct Forward : multi_head::Projected {
  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"k", "Tk,Hdk", "the rows of k before, then those added"}, self.k);
    visit(Field{"v", "Tk,Hdv", "the rows of v before, then those added"}, self.v);
    visit(Field{"k_heads", "H,Tk,dk", "in each head the rows before, then those added"},
          self.k_heads);
    visit(Field{"v_heads", "H,Tk,dv", "in each head the rows before, then those added"},
          self.v_heads);
  }
};

/// The keys and values of `before` (t positions, or none), then those of `added` (n positions).
/// What has not been written, as in an exercise, is empty, and so is what follows.
/// \throws ShapeError if the two are not of the same heads and widths.
Forward appended(const multi_head::Projected& before, const multi_head::Projected& added);

}  // namespace attn::key_value_cache
