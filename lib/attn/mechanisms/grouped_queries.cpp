#include "attn/mechanisms/grouped_queries.hpp"

#include <string>

#include "attn/core/shape_error.hpp"

namespace attn::grouped_queries {

std::size_t group_of(std::size_t h, std::size_t H, std::size_t G) {
  if (G == 0 || H % G != 0) {
    throw ShapeError(std::to_string(H) + " query heads cannot share " + std::to_string(G) +
                     " key heads evenly");
  }
  return h / (H / G);
}

Vec groups(std::size_t H, std::size_t G) {
  Vec of = zeros(H);
  for (std::size_t h = 0; h < H; ++h) of(h) = static_cast<double>(group_of(h, H, G));
  return of;
}

Ten3 sum_over_groups(const Ten3& d_heads, std::size_t G) {
  const std::size_t H = d_heads.shape(0), T = d_heads.shape(1), d = d_heads.shape(2);
  Ten3 sums = zeros(G, T, d);
  for (std::size_t h = 0; h < H; ++h) {
    const double* from = d_heads.data() + h * T * d;
    double* to = sums.data() + group_of(h, H, G) * T * d;
    for (std::size_t i = 0; i < T * d; ++i) to[i] += from[i];
  }
  return sums;
}

}  // namespace attn::grouped_queries
