#include "attn/mechanisms/head_costs.hpp"

#include <cstdint>

namespace attn::head_costs {
namespace {

/// The multiplications of C = A B with A (m, k), B (k, n): each entry of C is a sum of k products.
std::uint64_t product(std::size_t m, std::size_t k, std::size_t n) {
  std::uint64_t multiplications = 0;
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t l = 0; l < k; ++l) ++multiplications;
    }
  }
  return multiplications;
}

}  // namespace

Shapes keys_for_each_head(const Shapes& shapes) {
  Shapes own = shapes;
  own.key_heads = 0;
  return own;
}

Shapes one_wide_head(const Shapes& shapes) {
  Shapes one = keys_for_each_head(shapes);
  one.heads = 1;
  one.dk = shapes.heads * shapes.dk;
  one.dv = shapes.heads * shapes.dv;
  return one;
}

Shapes wide_heads(const Shapes& shapes) {
  Shapes wide = one_wide_head(shapes);
  wide.heads = shapes.heads;
  return wide;
}

const std::vector<std::string>& parts() {
  static const std::vector<std::string> names{"X_q W_q", "X_k W_k",    "X_v W_v", "q k^T",
                                              "A v",     "concat W_o", "total"};
  return names;
}

Count count(const Shapes& s) {
  std::uint64_t of[6] = {};
  Count counted;
  const std::size_t key_heads = s.key_heads == 0 ? s.heads : s.key_heads;
  for (std::size_t h = 0; h < s.heads; ++h) {
    of[0] += product(s.Tq, s.dq, s.dk);  // head h's columns of q
    if (h < key_heads) {
      of[1] += product(s.Tk - s.past, s.dx_k, s.dk);  // of k,
      of[2] += product(s.Tk - s.past, s.dx_v, s.dv);  // and of v
    }
    of[3] += product(s.Tq, s.dk, s.Tk);  // its scores,
    of[4] += product(s.Tq, s.Tk, s.dv);  // what it reads,
    of[5] += product(s.Tq, s.dv, s.dm);  // and its rows of W_o
    counted.exponentials += static_cast<double>(s.Tq * s.Tk);
  }
  counted.multiplications = zeros(7);
  for (std::size_t part = 0; part < 6; ++part) {
    counted.multiplications(part) = static_cast<double>(of[part]);
    counted.multiplications(6) += static_cast<double>(of[part]);
  }
  return counted;
}

}  // namespace attn::head_costs
